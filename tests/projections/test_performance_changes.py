"""What a revision changed, cell by cell."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from projections import performance_changes, performance_rows
from projections.performance_changes import Changes
from worker.sheets.reading import ROW_SCHEMA

Cell = tuple[str, int, int]
"""Campaign, day of January, spend."""


def sheet(rows: Sequence[Cell]) -> pl.DataFrame:
    """Rows as the reader gives them, from row 2 on."""
    told = [
        {"tab": "Data", "row": place, "campaign": name, "date": date(2026, 1, day), "spend": Decimal(spend)}
        for place, (name, day, spend) in enumerate(rows, start=2)
    ]
    return pl.DataFrame(told, schema=ROW_SCHEMA)


def changes(engine: Engine, *contents: Sequence[Cell], limit: int = 100, offset: int = 0) -> Changes:
    """What the last content changed."""
    with engine.connect() as connection:
        for number, content in enumerate(contents, start=1):
            performance_rows.store(connection, "w", "f1", number, sheet(content))
        return performance_changes.of(connection, "w", "f1", len(contents), limit, offset)


def test_a_changed_cell_is_told_with_its_place_before_and_after(engine: Engine) -> None:
    found = changes(engine, [("A", 1, 10), ("B", 1, 20)], [("A", 1, 10), ("B", 1, 25)])

    assert (1, 0, 0) == (found.changed, found.added, found.removed)
    assert [("changed", "Data", 3)] == [(one.kind, one.tab, one.row) for one in found.shown]
    assert [("spend", 20, 25)] == found.shown[0].cells()


def test_a_renamed_campaign_is_one_changed_row(engine: Engine) -> None:
    found = changes(engine, [("Old", 1, 10), ("B", 1, 20)], [("New", 1, 10), ("B", 1, 20)])

    assert [("changed", [("campaign", "Old", "New")])] == [(one.kind, one.cells()) for one in found.shown]


def test_a_row_put_in_between_moves_the_others_and_changes_none(engine: Engine) -> None:
    found = changes(engine, [("A", 1, 10), ("C", 3, 30)], [("A", 1, 10), ("B", 2, 20), ("C", 3, 30)])

    assert [("added", 3)] == [(one.kind, one.row) for one in found.shown]


def test_a_moved_and_changed_row_is_found_by_its_names(engine: Engine) -> None:
    found = changes(engine, [("A", 1, 10), ("C", 3, 30)], [("A", 1, 10), ("B", 2, 20), ("C", 3, 35)])

    assert [("added", 3), ("changed", 4)] == [(one.kind, one.row) for one in found.shown]


def test_rows_that_differ_in_everything_are_two(engine: Engine) -> None:
    other = sheet([("B", 9, 90)]).with_columns(
        channel=pl.lit("Social"), clicks=pl.lit(Decimal(7)).cast(pl.Decimal(38, 6))
    )
    with engine.connect() as connection:
        performance_rows.store(connection, "w", "f1", 1, sheet([("A", 1, 10)]))
        performance_rows.store(connection, "w", "f1", 2, other)
        found = performance_changes.of(connection, "w", "f1", 2)

    assert ["added", "removed"] == sorted(one.kind for one in found.shown)


def test_pages_are_counted_as_a_whole(engine: Engine) -> None:
    before = [("A", day, 10) for day in range(1, 31)]
    after = [("A", day, 11) for day in range(1, 31)]

    found = changes(engine, before, after, limit=4, offset=28)

    assert (30, 2) == (found.total, len(found.shown))
    assert [30, 31] == [one.row for one in found.shown]


def test_past_the_last_page_the_count_stays(engine: Engine) -> None:
    found = changes(engine, [("A", 1, 10)], [("A", 1, 11)], offset=50)

    assert (1, []) == (found.total, found.shown)


def test_the_first_revision_is_all_new_and_others_see_nothing(engine: Engine) -> None:
    assert (0, 2, 0) == ((found := changes(engine, [("A", 1, 1), ("A", 1, 1)])).changed, found.added, found.removed)
    with engine.connect() as connection:
        assert 0 == performance_changes.of(connection, "other", "f1", 1).total


def test_rows_that_are_only_identified_anew_are_no_change(engine: Engine) -> None:
    with engine.connect() as connection:
        performance_rows.store(connection, "w", "f1", 1, sheet([("A", 1, 10), ("B", 1, 20)]))
        connection.execute(sa.text("UPDATE performance_content SET algorithm = 0"))
        performance_rows.store(connection, "w", "f1", 2, sheet([("A", 1, 10), ("B", 1, 25)]))
        found = performance_changes.of(connection, "w", "f1", 2)

    assert (1, [("spend", 20, 25)]) == (found.total, found.shown[0].cells())


contents = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 4), st.integers(1, 5)), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=contents, after=contents)
def test_changes_turn_the_old_content_into_the_new(engine: Engine, before: list[Cell], after: list[Cell]) -> None:
    with engine.connect() as connection:
        performance_rows.store(connection, "w", "f1", 1, sheet(before))
        performance_rows.store(connection, "w", "f1", 2, sheet(after))
        found = performance_changes.of(connection, "w", "f1", 2, limit=1000)
        connection.rollback()
    rows = [(name, date(2026, 1, day), Decimal(spend)) for name, day, spend in before]
    for one in found.shown:
        if one.before:
            rows.remove((one.before["campaign"], one.before["date"], one.before["spend"]))
        if one.after:
            rows.append((one.after["campaign"], one.after["date"], one.after["spend"]))

    assert sorted((name, date(2026, 1, day), Decimal(spend)) for name, day, spend in after) == sorted(rows)
    assert found.total == len(found.shown)
