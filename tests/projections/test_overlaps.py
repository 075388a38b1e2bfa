"""Of files with the same money one counts; money is never lost, whatever was found or chosen."""

from decimal import Decimal

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.engine import Engine

from events import store
from events.envelope import Event
from events.overlap import OverlapChoiceUndone, OverlapChosen, OverlapEnded
from projections import follower, overlaps, performance, performance_rows, performance_sums, schema
from projections.overlaps import Overlap, not_counted
from projections.rebuild import rebuild
from tests.events.samples import META, PAIR, overlap_found, synced
from worker.sheets.reading import ROW_SCHEMA


def rows(*spend: str, month: int = 1) -> pl.DataFrame:
    told = [
        {"tab": "Data", "row": place, "spend": Decimal(amount), "channel": "Search"}
        for place, amount in enumerate(spend, start=2)
    ]
    day = pl.date(2026, month, pl.col("row"))
    return pl.DataFrame(told, schema=ROW_SCHEMA).with_columns(date=day)


def stored(engine: Engine, *overlap_events: Event) -> int:
    """Two files with the same two rows, and what is told about the pair; the log's end."""
    with engine.begin() as connection:
        for file_id in ("f1", "f2"):
            performance_rows.store(connection, "w", file_id, 1, rows("10", "20"))
            store.append(connection, f"w/file/{file_id}", [synced(file_id, rows=2)], meta=META)
        if overlap_events:
            store.append(connection, "w/overlap/self", overlap_events, meta=META)
    follower.catch_up(engine)
    with engine.connect() as connection:
        return store.head(connection)


ENDED, UNDONE = OverlapEnded(**PAIR), OverlapChoiceUndone(**PAIR)


def chosen(file_id: str | None) -> OverlapChosen:
    return OverlapChosen(**PAIR, counts=file_id)


@pytest.mark.parametrize(
    ("told", "left_out"),
    [
        ([], {}),
        ([overlap_found()], {"f2": "f1"}),
        ([overlap_found(counts="f2")], {"f1": "f2"}),
        ([overlap_found(), ENDED], {}),
        ([overlap_found(), chosen("f2")], {"f1": "f2"}),
        ([overlap_found(), chosen(None)], {}),
        ([overlap_found(), chosen("f2"), UNDONE], {"f2": "f1"}),
        ([overlap_found(), chosen(None), ENDED, overlap_found()], {}),
        ([chosen("f2")], {}),
    ],
)
def test_what_counts_follows_the_events(engine: Engine, told: list[Event], left_out: dict[str, str]) -> None:
    head = stored(engine, *told)

    with engine.connect() as connection:
        for at in (None, head):
            assert left_out == performance.not_counted(connection, "w", at)
            assert (2 if left_out else 4) == performance.count(connection, "w", at)
        assert {"f1", "f2"} - set(left_out) == {row.file_id for row in performance.sources(connection, "w")}
    assert rebuild(engine, "overlaps").same


def test_the_past_before_it_was_noticed_counts_both(engine: Engine) -> None:
    head = stored(engine, overlap_found())

    with engine.connect() as connection:
        assert 4 == performance.count(connection, "w", head - 1)


def test_a_file_alone_counts_even_if_it_lost_to_another(engine: Engine) -> None:
    stored(engine, overlap_found())

    with engine.connect() as connection:
        assert 2 == performance.daily(connection, "w", file_ids=["f2"]).height


def test_another_workspace_is_not_touched(engine: Engine) -> None:
    stored(engine, overlap_found())

    with engine.connect() as connection:
        assert [] == overlaps.of(connection, "other")
        assert ([], []) == tuple(performance_sums.alike(connection, w, "f1", "spend", 5) for w in ("other", "x"))


def pair(one: str, other: str, position: int, choice: str) -> Overlap:
    first, last = sorted((one, other))
    row = Overlap(
        workspace="w", one=first, one_name=first, other=last, other_name=last, counts=first, money=Decimal(1),
        currency=None, how="same_total", why="first", stands=True, position=position,
    )  # fmt: skip
    return msgspec.structs.replace(row, chosen={"one": first, "other": last}.get(choice, choice))


pairs = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.sampled_from(["", "one", "other", "both"])).filter(
        lambda drawn: drawn[0] != drawn[1]
    ),
    max_size=8,
)


@given(drawn=pairs, present=st.sets(st.sampled_from("abcd")))
def test_who_is_left_out_is_left_out_for_a_file_that_counts(
    drawn: list[tuple[str, str, str]], present: set[str]
) -> None:
    rows = [pair(one, other, position, choice) for position, (one, other, choice) in enumerate(drawn)]

    left_out = not_counted(rows, present)

    assert set(left_out) <= present
    assert set(left_out.values()) <= present - set(left_out)


def test_files_with_the_same_amounts_are_found_by_their_months(engine: Engine) -> None:
    with engine.begin() as connection:
        performance_rows.store(connection, "w", "f1", 1, pl.concat([rows("10", "20.50"), rows("7", month=2)]))
        performance_rows.store(connection, "w", "longer", 1, pl.concat([rows("10", "20.50"), rows("9", month=2)]))
        performance_rows.store(connection, "w", "copy", 1, pl.concat([rows("10", "20.50"), rows("7", month=2)]))
        performance_rows.store(connection, "w", "else", 1, rows("11", "20.50"))
        performance_rows.store(connection, "w", "undated", 1, rows("37.50").with_columns(date=pl.lit(None, pl.Date)))
        found = performance_sums.alike(connection, "w", "f1", "spend", 5)
        performance_rows.store(connection, "w", "copy", 2, rows("1"))
        later = performance_sums.alike(connection, "w", "f1", "spend", 5)

    assert ["copy", "longer", "undated"] == found
    assert ["longer", "undated"] == later


def test_rows_of_an_older_version_are_added_up_once(engine: Engine) -> None:
    with engine.begin() as connection:
        performance_rows.store(connection, "w", "f1", 1, pl.concat([rows("10", "20.50"), rows("7", month=2)]))
        performance_rows.store(connection, "w", "f1", 2, rows("10", "20.50"))
        kept = connection.execute(text("SELECT * FROM performance_sum ORDER BY month")).all()
        connection.execute(text("DELETE FROM performance_sum"))
        connection.execute(text("SET LOCAL ROLE NONE"))
        schema._build(connection)
        filled = connection.execute(text("SELECT * FROM performance_sum ORDER BY month")).all()

    assert 2 == len(kept)
    assert kept == filled
