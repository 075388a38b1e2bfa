"""The routes to Google's consent page and back. They hold no token: the one-time code goes straight to the workflow."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

import psycopg
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.access import commands, services
from dashboard.access.reads import Place
from dashboard.access.temporal_bridge import NoSuchWorkflow, TemporalAway
from dashboard.problems import logger
from dashboard.serving import sign_in
from projections.members import NoAccess
from worker.contracts import OAuthCallback
from worker.google_drive import consent

NEXT_PAGE = "/files"


async def start(request: Request) -> Response:
    """Record the attempt, start the workflow that waits for the answer, and send the browser to Google."""
    workspace = request.query_params.get("workspace", "")
    user = sign_in.user_of(request)
    if user is None:
        return _back(workspace, "sign_in")
    return await run_in_threadpool(_guarded, lambda: _start(Place(workspace, user)), workspace)


async def callback(request: Request) -> Response:
    """Take Google's answer once, for the person who left, and hand it to the waiting workflow."""
    user = sign_in.user_of(request)
    answer = dict(request.query_params)
    return await run_in_threadpool(_guarded, lambda: _callback(user or "", answer), "")


async def healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")


def routes() -> list[Route]:
    return [
        Route("/connect/google/start", start),
        Route(consent.CALLBACK_PATH, callback),
        Route("/healthz", healthz),
    ]


def _start(place: Place) -> Response:
    now = datetime.now(UTC)
    attempt = commands.begin_connection(place, now)
    with services.engine().begin() as connection:
        address = consent.begin(
            connection,
            consent.GoogleSettings(),
            workspace=place.workspace,
            user=place.user,
            attempt=attempt,
            next_page=NEXT_PAGE,
            now=now,
        )
    response = RedirectResponse(address, status_code=303)
    sign_in.remember(response, place.user)
    return response


def _callback(user: str, answer: dict[str, str]) -> Response:
    with services.engine().begin() as connection:
        flow = consent.claim(connection, state=answer.get("state", ""), user=user, now=datetime.now(UTC))
    if flow is None:
        return _back("", "expired")
    error = answer.get("error") or (None if answer.get("code") else "invalid_request")
    try:
        services.temporal().answer_consent(flow.attempt, OAuthCallback(code=answer.get("code"), error=error))
    except NoSuchWorkflow:
        return _back(flow.workspace, "expired")
    return _back(flow.workspace, "denied" if error else "connected", flow.next_page)


def _guarded(act: Callable[[], Response], workspace: str) -> Response:
    """A browser on its way always ends on a page that says what happened."""
    try:
        return act()
    except NoAccess:
        return _back(workspace, "no_role")
    except TemporalAway:
        return _back(workspace, "away")
    except (psycopg.Error, DBAPIError, ValueError):
        logger.exception("connecting could not go on")
        return _back(workspace, "broken")


def _back(workspace: str, notice: str, page: str = NEXT_PAGE) -> Response:
    parameters = ({"workspace": workspace} if workspace else {}) | {"notice": notice}
    return RedirectResponse(f"{page}?{urlencode(parameters)}", status_code=303)
