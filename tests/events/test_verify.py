"""Tampering is found, at its place, in the database and in an export."""

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from events import store, verify
from events.verify import Anchor
from tests.events.samples import META, discovered, synced

HASHED = """
    UPDATE event SET leaf = event_leaf(position, stream, version, name, schema, at, key, size, meta, data, state)
    WHERE position = 5
"""
CHAINED = """
    UPDATE event e SET root = sha256((SELECT root FROM event p WHERE p.position = e.position - 1) || e.leaf)
    WHERE position = 5
"""


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Eleven events: five appended one by one, four together, two one by one."""
    for sizes in (1, 1, 1, 1, 1, 4, 1, 1):
        with engine.begin() as connection:
            store.append(connection, "w/file/f1", [discovered(), *[synced()] * (sizes - 1)], meta=META)
    return engine


def tamper(engine: Engine, *statements: str) -> None:
    """Do what only someone with every right can do."""
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))
        connection.execute(sa.text("ALTER TABLE event DISABLE TRIGGER event_only_grows"))
        for statement in statements:
            connection.execute(sa.text(statement))


def test_an_untouched_log_is_whole(filled: Engine) -> None:
    with filled.connect() as connection:
        verdict = verify.verify(connection)
        exported = verify.verify_export(verify.export(connection))

        assert verdict.problem is None
        assert 11 == verdict.events
        assert verdict == exported
        assert verify.verify(connection, anchor=verdict.anchor).problem is None
        assert verify.verify_export(verify.export(connection), anchor=verdict.anchor).problem is None


def test_an_append_larger_than_a_page_is_whole(filled: Engine) -> None:
    with filled.begin() as connection:
        store.append(connection, "w/file/f2", [synced()] * 450, meta=META)

    with filled.connect() as connection:
        verdict = verify.verify(connection)
        assert verdict.problem is None
        assert 461 == verdict.events == verdict.anchor.position
        assert verdict == verify.verify_export(verify.export(connection))
    tamper(filled, "UPDATE event SET name = 'file.renamed' WHERE position = 460")
    with filled.connect() as connection:
        problem = verify.verify(connection).problem
    assert problem is not None
    assert 460 == problem.position


def test_an_export_of_full_pages_holds_every_line_once(filled: Engine) -> None:
    with filled.begin() as connection:
        store.append(connection, "w/file/f2", [synced()] * 389, meta=META)

    with filled.connect() as connection:
        lines = b"".join(verify.export(connection)).splitlines(keepends=True)
        assert list(range(1, 401)) == [msgspec.json.decode(line)["position"] for line in lines]
        assert verify.verify(connection) == verify.verify_export(lines)


def test_an_empty_log_is_whole(engine: Engine) -> None:
    with engine.connect() as connection:
        assert verify.verify(connection) == verify.verify_export(verify.export(connection))
        assert verify.verify(connection).problem is None


@pytest.mark.parametrize(
    ("statements", "place"),
    [
        (["UPDATE event SET data = jsonb_set(data::jsonb, '{name}', '\"x\"') WHERE position = 5"], (5, 5)),
        (["UPDATE event SET meta = jsonb_set(meta::jsonb, '{actor}', '\"x\"') WHERE position = 8"], (8, 8)),
        (["UPDATE event SET at = at + interval '1 microsecond' WHERE position = 11"], (11, 11)),
        (["UPDATE event SET stream = 'v/file/f1' WHERE position = 2"], (2, 2)),
        (["UPDATE event SET data = '{}' WHERE position = 5", HASHED], (5, 5)),
        (["UPDATE event SET data = '{}' WHERE position = 5", HASHED, CHAINED], (6, 9)),
        (["UPDATE event SET data = '{}' WHERE position = 8", HASHED.replace("= 5", "= 8")], (6, 9)),
        (["DELETE FROM event WHERE position = 4"], (4, 4)),
        (["DELETE FROM event WHERE position BETWEEN 6 AND 9"], (6, 9)),
        (["DELETE FROM event WHERE position = 1"], (1, 1)),
        (["UPDATE event SET position = 1000 WHERE position = 11"], (11, 11)),
        (["UPDATE event SET position = -1 WHERE position = 1"], (1, 1)),
        (["UPDATE event SET root = NULL WHERE position = 3"], (3, 4)),
        (["UPDATE event SET root = NULL WHERE position = 11"], (11, 11)),
    ],
)
def test_tampering_is_found_at_its_place(filled: Engine, statements: list[str], place: tuple[int, int]) -> None:
    tamper(filled, *statements)

    with filled.connect() as connection:
        problem = verify.verify(connection).problem
        exported = verify.verify_export(verify.export(connection)).problem
    assert problem is not None
    assert place == (problem.position, problem.last)
    assert exported is not None
    assert problem.position == exported.position


def test_an_event_moved_to_another_workspace_is_found(filled: Engine) -> None:
    """An export says the workspace once, in the stream's name."""
    tamper(filled, "UPDATE event SET workspace = 'v' WHERE position = 7")

    with filled.connect() as connection:
        problem = verify.verify(connection).problem
    assert problem is not None
    assert (7, 7) == (problem.position, problem.last)


def test_a_cut_or_rewritten_log_is_found_by_an_anchor(filled: Engine) -> None:
    with filled.connect() as connection:
        anchor = verify.verify(connection).anchor
    tamper(filled, "DELETE FROM event WHERE position = 11")

    with filled.connect() as connection:
        assert verify.verify(connection).problem is None
        for verdict in (
            verify.verify(connection, anchor=anchor),
            verify.verify_export(verify.export(connection), anchor=anchor),
        ):
            assert verdict.problem is not None
            assert 11 == verdict.problem.position
        assert verify.verify(connection, anchor=Anchor(10, "00")).problem is not None

    tamper(filled, "DELETE FROM event WHERE position = 10")
    with filled.connect() as connection:
        rewritten = verify.verify(connection, anchor=Anchor(3, "00")).problem
    assert rewritten is not None
    assert 3 == rewritten.position
