"""What a plan is made from: the brief as it was asked for, the rows it speaks of, and what agents found before."""

from dataclasses import dataclass
from io import BytesIO

import msgspec
from sqlalchemy.engine import Connection as Database

from events import blobs, store
from events.envelope import stream_of
from events.plan import Brief, FindingStored, PlanRequested, SourceFile
from projections import files, members, track_record
from worker.failures import NoSuchCampaign, Refused
from worker.planning.outcome import Gathered, Outcome


class NotYours(Refused):
    """A reference leads to data of another workspace or campaign."""


@dataclass(frozen=True)
class Asked:
    workspace: str
    campaign_id: str
    brief: Brief
    user: str


def asked(database: Database, workspace: str, campaign_id: str) -> Asked:
    """The newest request for a campaign's plan. Raises NoSuchCampaign, or NoAccess for who may not plan (any more)."""
    stream = stream_of(workspace, "plan", campaign_id)
    newest = store.read(database, stream=stream, names=[PlanRequested.NAME], limit=1, backwards=True)
    if not newest:
        raise NoSuchCampaign("This campaign does not exist in this workspace. Make a new plan from the Plans page.")
    request = newest[0].event
    assert isinstance(request, PlanRequested)
    members.require(database, workspace, newest[0].meta.actor, "planner")
    return Asked(workspace, campaign_id, request.brief, newest[0].meta.actor)


def gather(database: Database, asked: Asked) -> tuple[Gathered, int]:
    """Rows of the brief's files as of the newest event, and how many they are."""
    from projections import performance

    at = store.head(database)
    chosen = None if asked.brief.file_ids is None else set(asked.brief.file_ids)
    rows = performance.daily(database, asked.workspace, at=at, file_ids=chosen)
    used = set(rows["file_id"].unique())
    sources = [_source(file) for file in files.of(database, asked.workspace, at=at) if file.file_id in used]
    arrow = BytesIO()
    rows.write_ipc(arrow, compression="zstd")
    gathered = Gathered(
        workspace=asked.workspace,
        campaign_id=asked.campaign_id,
        sources=sources,
        currency=asked.brief.currency,
        rows=arrow.getvalue(),
        language=language(database, asked.workspace, at),
        track=track_record.of(database, asked.workspace, at=at),
    )
    return gathered, rows.height


def _source(file: files.CampaignFile) -> SourceFile:
    """The file with how many of its unreadable cells hold spend, judged by those that are listed."""
    listed = [cell.field for cell in file.quarantined_cells]
    hidden = round(file.quarantined * listed.count("spend") / len(listed)) if listed else 0
    return SourceFile(
        file_id=file.file_id, name=file.name, revision=file.revision or "", rows=file.rows, quarantined=hidden
    )


def language(database: Database, workspace: str, at: int | None = None) -> str:
    """The workspace's locale at a position of the log, or now."""
    standing = members.standing(database, workspace, store.head(database) if at is None else at)
    return standing.locale if standing else "en"


def load(database: Database, asked: Asked, address: str) -> Gathered:
    gathered = msgspec.msgpack.decode(blobs.get(database, address), type=Gathered)
    _refuse_others(asked, gathered)
    return gathered


def outcome(database: Database, asked: Asked, address: str) -> Outcome:
    outcome = msgspec.json.decode(blobs.get(database, address), type=Outcome)
    _refuse_others(asked, outcome)
    return outcome


def findings(database: Database, asked: Asked, planning_id: str) -> dict[str, bytes]:
    """What the agents of a run found, by agent, the newest of each.

    The critic's word is left out: it belongs to one split, and the split may have been made again since.
    """
    stream = stream_of(asked.workspace, "plan", asked.campaign_id)
    told = [recorded.event for recorded in store.read(database, stream=stream, names=[FindingStored.NAME])]
    return {
        event.agent: blobs.get(database, event.blob)
        for event in told
        if isinstance(event, FindingStored) and event.planning_id == planning_id and event.agent not in _AFTER_SPLIT
    }


_AFTER_SPLIT = {"critic", "narrator"}


def _refuse_others(asked: Asked, kept: Gathered | Outcome) -> None:
    if (kept.workspace, kept.campaign_id) != (asked.workspace, asked.campaign_id):
        raise NotYours("This data belongs to another workspace or campaign.")
