"""Which files hold the same money, and which of them counts?"""

from collections.abc import Collection, Iterable
from decimal import Decimal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from events.envelope import Recorded
from events.overlap import OverlapChoiceUndone, OverlapChosen, OverlapEnded, OverlapFound
from projections.as_of import rows_as_of
from projections.read_model import METADATA, Folded, select

VERSION = 2
BOTH = "both"


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    workspace: str
    one: str
    one_name: str
    other: str
    other_name: str
    counts: str
    """The file that counts unless somebody chose."""
    money: Decimal
    currency: str | None
    how: str
    why: str
    stands: bool
    """False when a file changed and the two hold different money now."""
    chosen: str = ""
    """A file id, "both", or nothing: nobody chose."""
    position: int

    @property
    def winner(self) -> str | None:
        """The file that counts; None when both do."""
        if not self.stands or self.chosen == BOTH:
            return None
        return self.chosen or self.counts

    @property
    def loser(self) -> str | None:
        winner = self.winner
        return winner and (self.other if winner == self.one else self.one)


TABLE = sa.Table(
    "file_overlaps",
    METADATA,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("one", sa.Text, primary_key=True),
    sa.Column("other", sa.Text, primary_key=True),
    sa.Column("one_name", sa.Text, nullable=False),
    sa.Column("other_name", sa.Text, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),
    sa.Column("money", sa.Numeric, nullable=False),
    sa.Column("currency", sa.Text),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("stands", sa.Boolean, nullable=False),
    sa.Column("chosen", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)


def key(recorded: Recorded) -> tuple[str, str, str]:
    event = recorded.event
    assert isinstance(event, OverlapFound | OverlapEnded | OverlapChosen | OverlapChoiceUndone)
    return recorded.workspace, event.one, event.other


def _found(row: Overlap | None, event: OverlapFound, recorded: Recorded) -> Overlap:
    """A choice outlives that the two files differ for a while."""
    return Overlap(
        workspace=recorded.workspace,
        one=event.one,
        one_name=event.one_name,
        other=event.other,
        other_name=event.other_name,
        counts=event.counts,
        money=event.money,
        currency=event.currency,
        how=event.how,
        why=event.why,
        stands=True,
        chosen=row.chosen if row else "",
        position=recorded.position,
    )


def _ended(row: Overlap | None, _event: OverlapEnded, recorded: Recorded) -> Overlap | None:
    return row and msgspec.structs.replace(row, stands=False, position=recorded.position)


def _chosen(row: Overlap | None, event: OverlapChosen, recorded: Recorded) -> Overlap | None:
    return row and msgspec.structs.replace(row, chosen=event.counts or BOTH, position=recorded.position)


def _choice_undone(row: Overlap | None, _event: OverlapChoiceUndone, recorded: Recorded) -> Overlap | None:
    return row and msgspec.structs.replace(row, chosen="", position=recorded.position)


MODEL = Folded(
    name="overlaps",
    version=VERSION,
    table=TABLE,
    row=Overlap,
    key=key,
    folds={
        OverlapFound: _found,
        OverlapEnded: _ended,
        OverlapChosen: _chosen,
        OverlapChoiceUndone: _choice_undone,
    },
)


def of(connection: Connection, workspace: str, at: int | None = None) -> list[Overlap]:
    """Pairs of files that hold the same money, the oldest first."""
    if at is None:
        return select(connection, MODEL, "workspace = %s AND stands ORDER BY position", [workspace])
    return sorted((row for row in rows_as_of(connection, MODEL, workspace, at) if row.stands), key=_position)


def not_counted(overlaps: Iterable[Overlap], present: Collection[str]) -> dict[str, str]:
    """Files that do not count, each with a file that does and holds the same money.

    Only pairs of which both files are there matter. Choices that go round in a circle leave the file that won last.
    """
    beaten: dict[str, str] = {}
    for pair in sorted(overlaps, key=_position):
        winner, loser = pair.winner, pair.loser
        if winner is None or loser is None or winner not in present or loser not in present:
            continue
        if loser in _chain(beaten, winner):
            del beaten[winner]
        beaten[loser] = winner
    return {file_id: _chain(beaten, file_id)[-1] for file_id in beaten}


def _chain(beaten: dict[str, str], file_id: str) -> list[str]:
    """A file, the one that beat it, and so on."""
    chain = [file_id]
    while chain[-1] in beaten:
        chain.append(beaten[chain[-1]])
    return chain


def _position(row: Overlap) -> int:
    return row.position
