"""The whole audit trail as a download of any length: it is written while it is read, whatever the log holds."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard.access import services
from dashboard.exports.audit_trail import trail_csv, trail_jsonl
from dashboard.serving import sign_in
from dashboard.views.history import Names
from dashboard.voice import Voice, voice_of
from events.trail import trail
from projections import files, members, plans
from projections.members import NoAccess

KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
STALE = "This link has expired. Go back to History, load the page again, and click once more."


async def audit(request: Request) -> Response:
    """Send the trail of a workspace to one of its owners."""
    kind, user = request.path_params["kind"], sign_in.user_of(request)
    workspace, at = request.query_params.get("workspace", ""), request.query_params.get("at", "")
    if user is None:
        return PlainTextResponse(STALE, 401)
    if kind not in KINDS or (at and not (at.isascii() and at.isdigit())):
        return PlainTextResponse("There is no such download.", 404)
    try:
        await run_in_threadpool(_require_owner, workspace, user)
    except NoAccess as refusal:
        return PlainTextResponse(str(refusal), 403)
    until = int(at) if at else None
    content = _jsonl(workspace, until) if kind == "jsonl" else _csv(workspace, user, until)
    name = f'attachment; filename="audit-trail.{kind}"'
    return StreamingResponse(content, media_type=KINDS[kind], headers={"content-disposition": name})


def routes() -> list[Route]:
    return [Route("/audit/trail.{kind}", audit)]


def _require_owner(workspace: str, user: str) -> None:
    with services.engine().connect() as connection:
        members.require(connection, workspace, user, "owner")


def _jsonl(workspace: str, at: int | None) -> Iterator[bytes]:
    with services.engine().connect() as connection:
        yield from trail_jsonl(workspace, trail(connection, workspace, at))


def _csv(workspace: str, user: str, at: int | None) -> Iterator[bytes]:
    with services.engine().connect() as connection:
        voice = _voice(connection, workspace, user)
        yield from trail_csv(voice, _names(connection, workspace), trail(connection, workspace, at))


def _voice(connection: Connection, workspace: str, user: str) -> Voice:
    known = next(one for one in members.workspaces(connection, user) if one.id == workspace)
    return voice_of(known.locale, known.currency, datetime.now(UTC))


def _names(connection: Connection, workspace: str) -> Names:
    return Names(
        people=members.names(connection, workspace),
        files={file.file_id: file.name for file in files.of(connection, workspace)},
        plans={plan.campaign_id: plan.brief.title for plan in plans.of(connection, workspace)},
    )
