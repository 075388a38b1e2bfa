"""What happened, when, and who did it?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from events import store
from events.envelope import Event
from projections.read_model import METADATA, Listed

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    position: int
    at: datetime
    actor: str
    name: str
    kind: str
    """What it is about: file, plan, integration, workspace, sync."""
    subject: str
    """Which one: a file id, a campaign id, a platform."""
    workflow_id: str | None
    activity: str | None
    event: Event


TABLE = sa.Table(
    "history",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
)
sa.Index("history_actor", TABLE.c.workspace, TABLE.c.actor, TABLE.c.position)
sa.Index("history_name", TABLE.c.workspace, TABLE.c.name, TABLE.c.position)
sa.Index("history_subject", TABLE.c.workspace, TABLE.c.kind, TABLE.c.subject, TABLE.c.position)

MODEL = Listed(
    name="history",
    version=VERSION,
    table=TABLE,
    statement="""
        SELECT workspace, position, meta ->> 'actor', name, split_part(stream, '/', 2),
               substr(stream, length(workspace) + length(split_part(stream, '/', 2)) + 3)
        FROM event WHERE position > %(after)s AND position <= %(until)s AND schema > 0
    """,
)


def of(
    connection: Connection,
    workspace: str,
    *,
    actor: str | None = None,
    file_id: str | None = None,
    campaign_id: str | None = None,
    names: Iterable[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    at: int | None = None,
    limit: int = 100,
    before: int | None = None,
) -> list[Entry]:
    """Entries that fit all filters, the newest first; page on with `before` = the last position seen.

    `at` hides everything after a position. Events of a newer version of the software are left out.
    """
    newest = [before - 1] if before is not None else []
    newest += [at] if at is not None else []
    newest += [store.position_at(connection, until)] if until is not None else []
    query = sa.select(TABLE).where(TABLE.c.workspace == workspace)
    for condition, wanted in (
        (TABLE.c.actor == actor, actor is not None),
        ((TABLE.c.kind == "file") & (TABLE.c.subject == file_id), file_id is not None),
        ((TABLE.c.kind == "plan") & (TABLE.c.subject == campaign_id), campaign_id is not None),
        (TABLE.c.name.in_(list(names or ())), names is not None),
        (TABLE.c.position <= min(newest, default=0), bool(newest)),
    ):
        if wanted:
            query = query.where(condition)
    if since is not None:
        query = query.where(TABLE.c.position > store.position_at(connection, since - datetime.resolution))
    found = connection.execute(query.order_by(TABLE.c.position.desc()).limit(limit)).all()
    return _with_events(connection, workspace, found)


def _with_events(connection: Connection, workspace: str, found: Iterable[sa.Row[tuple[object, ...]]]) -> list[Entry]:
    subjects = {row.position: (row.kind, row.subject) for row in found}
    events = store.read(
        connection, workspace=workspace, positions=subjects, backwards=True, limit=len(subjects), unreadable=[]
    )
    entries: list[Entry] = []
    for recorded in events:
        kind, subject = subjects[recorded.position]
        entries.append(
            Entry(
                position=recorded.position,
                at=recorded.at,
                actor=recorded.meta.actor,
                name=recorded.event.NAME,
                kind=kind,
                subject=subject,
                workflow_id=recorded.meta.workflow_id,
                activity=recorded.meta.activity,
                event=recorded.event,
            )
        )
    return entries
