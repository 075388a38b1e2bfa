"""The sandbox as an ASGI application: one door for the API, and Starlette routes for people and verbs."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from worker.google_drive.sandbox import consent_page, control, pages
from worker.google_drive.sandbox.api import Answer, Ask, error_answer, json_answer
from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.faults import Do, Logged, wanted_error
from worker.google_drive.sandbox.file_view import moment
from worker.google_drive.sandbox.sandbox import Sandbox
from worker.google_drive.sandbox.state import State

API_PATHS = ("/drive/", "/upload/", "/resumable/", "/v4/", "/batch", "/spreadsheets/export")
UNTOUCHED_PATHS = ("/__sandbox/", "/files/", "/healthz")
"""Paths for people and tests: no faults there, and not in the log of requests."""


def make_app(sandbox: Sandbox) -> ASGIApp:
    routes = [*consent_page.routes(sandbox.state), *control.routes(sandbox), *pages.routes(sandbox.state)]
    # Only names of this machine: a web page elsewhere can't reach the sandbox through a name of its own.
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    people = Starlette(routes=routes, middleware=[hosts])
    return Door(sandbox, people)


class Door:
    """Every request comes in here: it is noted, broken if a rule says so, and sent to the API or to the routes."""

    def __init__(self, sandbox: Sandbox, people: ASGIApp) -> None:
        self._sandbox = sandbox
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(UNTOUCHED_PATHS) or scope["path"] == "/":
            await self._people(scope, receive, send)
            return
        request = Request(scope, receive)
        ask = await read_ask(request)
        noted, do = self._note(ask)
        if do is not None:
            await asyncio.sleep(do.delay_s)
        if do is not None and do.reset:
            await hang_up(scope, receive, "sandbox.abort")
            return
        response = await self._respond(request, ask, do)
        noted.status = response.status_code
        if do is not None and do.close_after_bytes is not None:
            await send_beginning(response, do.close_after_bytes, send)
            await hang_up(scope, receive, "sandbox.close")
        else:
            await response(scope, receive, send)

    def _note(self, ask: Ask) -> tuple[Logged, Do | None]:
        user = user_of(self._sandbox.state, ask)
        path = unquote(ask.path)
        do = self._sandbox.faults.for_request(ask.http_method, path, user)
        noted = Logged(
            at=moment(self._sandbox.state.now()),
            method=ask.http_method,
            path=path,
            query="" if is_oauth(path) else ask.query,
            user=user,
            status=None,
            fault=do is not None,
        )
        self._sandbox.log.append(noted)
        return noted, do

    async def _respond(self, request: Request, ask: Ask, do: Do | None) -> Response:
        error = wanted_error(do) if do else None
        if error is not None:
            return as_response(fault_answer(error, ask.path))
        if do is not None and do.bad_json:
            return Response(b'{"files": [{"id": ', media_type="application/json")
        if not ask.path.startswith(API_PATHS):
            return await self._ask_people(request, ask)
        answer = self._sandbox.answer(ask)
        self._sandbox.state.commit()
        return as_response(await run_in_threadpool(answer) if callable(answer) else answer)

    async def _ask_people(self, request: Request, ask: Ask) -> Response:
        """Run a Starlette route on the body that was read already, and collect what it sends."""
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": ask.body, "more_body": False}

        async def collect(message: Any) -> None:
            sent.append(message)

        await self._people(request.scope, receive, collect)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        response = Response(body, sent[0]["status"])
        response.raw_headers = sent[0]["headers"]
        return response


def is_oauth(path: str) -> bool:
    return path in ("/token", "/revoke") or path.startswith("/o/")


def fault_answer(error: ApiError, path: str) -> Answer:
    if is_oauth(path):
        return json_answer(error.code, {"error": error.reason, "error_description": str(error)}, error.headers)
    return error_answer(error, "sheets" if path.startswith("/v4/") else "drive")


def as_response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


async def read_ask(request: Request) -> Ask:
    """Read a request whole. A long GET arrives as a POST whose body is the query."""
    body = await request.body()
    method, query = request.method, request.scope["query_string"].decode("latin-1")
    headers = {name.lower(): value for name, value in request.headers.items()}
    override = headers.get("x-http-method-override")
    if method == "POST" and override:
        method = override.upper()
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            query, body = "&".join(filter(None, (query, body.decode("latin-1")))), b""
    raw_path = request.scope.get("raw_path") or request.scope["path"].encode()
    base_url = f"http://{headers.get('host', '127.0.0.1')}"
    return Ask(method, raw_path.decode("latin-1"), query, headers, body, base_url)


def user_of(state: State, ask: Ask) -> str | None:
    """Find whose request this is: by bearer token, or by what is handed in at /token and /revoke."""
    bearer = state.access_tokens.get(ask.headers.get("authorization", "").partition(" ")[2])
    if bearer is not None:
        return bearer.user
    if ask.path not in ("/token", "/revoke"):
        return None
    form = dict(parse_qsl(ask.body.decode("latin-1")))
    known = (
        state.refresh_tokens.get(form.get("refresh_token", form.get("token", "")))
        or state.codes.get(form.get("code", ""))
        or state.access_tokens.get(form.get("token", ""))
    )
    return known.user if known else None


async def send_beginning(response: Response, size: int, send: Send) -> None:
    """Promise the whole body and deliver its beginning."""
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": bytes(response.body)[:size], "more_body": True})


async def hang_up(scope: Scope, receive: Receive, how: str) -> None:
    """End the connection: "sandbox.abort" with a TCP reset, "sandbox.close" after what was sent. Wait until it is."""
    scope["extensions"][how]()
    while (await receive())["type"] != "http.disconnect":
        pass
