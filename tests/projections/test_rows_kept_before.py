"""Rows that an earlier version stored, in one table, are taken over and known again."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from projections import performance_changes, performance_rows, schema
from projections.performance_rows import COLUMNS, RowChanges
from tests.projections.rows import days, table

REVISIONS = [days([1, 2]), days([1, 2, 2]), days([1, 3, 2])]


def before(connection: Connection) -> None:
    """Put everything into the one table of the earlier version."""
    connection.exec_driver_sql("SET LOCAL ROLE NONE")
    connection.exec_driver_sql(f"""
        CREATE TABLE told AS SELECT workspace, file_id, since, until, algorithm,
            ('x' || encode(substr(identities, 16 * number + 1, 8), 'hex'))::bit(64)::bigint AS high,
            ('x' || encode(substr(identities, 16 * number + 9, 8), 'hex'))::bit(64)::bigint AS low,
            1 AS occurrence, {", ".join(COLUMNS)}
        FROM performance p JOIN performance_content c USING (workspace, file_id, since);
        DROP VIEW performance;
        TRUNCATE performance_content, performance_names, performance_row, performance_gone;
        ALTER TABLE told RENAME TO performance
    """)


def contents(connection: Connection) -> list[list[dict[str, object]]]:
    return [performance_rows.rows(connection, "w", "f1", number) for number in (1, 2, 3)]


def test_every_revision_and_change_stays(engine: Engine) -> None:
    with engine.begin() as connection:
        for number, rows in enumerate(REVISIONS, start=1):
            performance_rows.store(connection, "w", "f1", number, rows)
        performance_rows.store(connection, "other", "f1", 1, table({"campaign": "A"}, {"campaign": None}))
        told = contents(connection)
        before(connection)
        schema._build(connection)

    with engine.begin() as connection:
        assert told == contents(connection)
        assert ["A", None] == [row["campaign"] for row in performance_rows.rows(connection, "other", "f1", 1)]
        again = performance_rows.store(connection, "w", "f1", 4, REVISIONS[-1])
        found = performance_changes.of(connection, "w", "f1", 3)
    assert RowChanges(added=0, removed=0, kept=3) == again
    assert [("spend", 2, 3)] == [cell for one in found.shown for cell in one.cells()]


@pytest.mark.parametrize(
    "older",
    [
        "UPDATE performance SET algorithm = 2",
        "ALTER TABLE performance DROP high, DROP low, DROP algorithm, ADD identity uuid, ADD algorithm int DEFAULT 2",
        "UPDATE performance SET occurrence = row",
    ],
)
def test_rows_that_were_known_otherwise_are_kept_and_known_again(engine: Engine, older: str) -> None:
    with engine.begin() as connection:
        performance_rows.store(connection, "w", "f1", 1, days([1, 2]))
        before(connection)
        connection.execute(sa.text(older))
        schema._build(connection)
    with engine.begin() as connection:
        performance_rows.store(connection, "w", "f1", 2, days([1, 3]))
        found = performance_changes.of(connection, "w", "f1", 2)
        again = performance_rows.store(connection, "w", "f1", 3, days([1, 3]))
        kept = performance_rows.rows(connection, "w", "f1", 1)

    assert [("spend", 2, 3)] == [cell for one in found.shown for cell in one.cells()]
    assert RowChanges(added=0, removed=0, kept=2) == again
    assert [1, 2] == [row["spend"] for row in kept]
