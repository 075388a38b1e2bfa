"""The door to the verbs under /__sandbox/, to the log of requests and to the rules that break requests."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.google_drive.sandbox.sandbox import Sandbox
from worker.google_drive.sandbox.verbs import VERBS, WrongField


def routes(sandbox: Sandbox) -> list[Route]:
    async def verb(request: Request) -> Response:
        kind = VERBS.get(request.path_params["verb"])
        if kind is None:
            return answer({"error": f"There is no such verb. Known: {', '.join(VERBS)}."}, 404)
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return answer({"error": "Verbs are for programs and pages of this sandbox only."}, 403)
        try:
            wanted = msgspec.json.decode(await request.body() or b"{}", type=kind)
            result = wanted.run(sandbox)
        except (msgspec.DecodeError, WrongField, ValueError) as error:
            return answer({"error": str(error)}, 400)
        sandbox.state.commit()
        return answer(result, 200)

    async def requests(_: Request) -> Response:
        return answer(list(sandbox.log), 200)

    async def rules(_: Request) -> Response:
        return answer(sandbox.faults.rules, 200)

    return [
        Route("/__sandbox/requests", requests, methods=["GET"]),
        Route("/__sandbox/faults", rules, methods=["GET"]),
        Route("/__sandbox/{verb}", verb, methods=["POST"]),
        Route("/healthz", ready, methods=["GET"]),
    ]


async def ready(_: Request) -> Response:
    return Response("ok\n", media_type="text/plain")


def answer(body: Any, status: int) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
