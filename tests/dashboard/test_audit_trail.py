"""The audit trail as it is downloaded: checked here by other means than ours, and refused to strangers."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.serving import audit_route
from tests.dashboard import seeding
from tests.dashboard.seeding import ACME, ANA, PIA, STRANGER, VERA, Teller

Compose = Callable[[Engine, str], None]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def told(engine: Engine) -> Engine:
    """Tell two workspaces, their events among each other, and some appends of several events."""
    teller = seeding.members(engine)
    seeding.connect(teller, datetime.now(UTC))
    seeding.fail_to_connect(Teller(engine, "other"))
    seeding.ask(teller, seeding.READY, seeding.brief("=1+1"))
    return engine


@pytest.fixture
def get(told: Engine, compose: Compose) -> Iterator[Callable[..., Any]]:
    with TestClient(Starlette(routes=audit_route.routes())) as client:

        def got(kind: str = "jsonl", user: str = ANA, **parameters: str) -> Any:
            compose(told, user)
            return client.get(f"/audit/trail.{kind}", params={"workspace": ACME} | parameters)

        yield got


def raw(line: str, field: str) -> str:
    """Cut the exact text of one field out of a line."""
    start = line.index(f'"{field}":') + len(field) + 3
    return line[start : json.JSONDecoder().raw_decode(line, start)[1]]


def leaf_of(event: dict[str, Any], meta: str, data: str) -> str:
    at = datetime.fromisoformat(event["at"])
    parts = [event[name] for name in ("position", "stream", "version", "name", "schema")]
    parts += [(at - EPOCH) // timedelta(microseconds=1), event["key"] or "", event["size"], meta, data]
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


def root_of(rows: list[dict[str, Any]]) -> str:
    """Compute the chain from the hashes alone, and compare it wherever a root is told."""
    root, leaves = b"", b""
    for position, row in enumerate(rows, start=1):
        assert position == int(row["position"])
        leaves += bytes.fromhex(row["leaf"])
        if row["root"]:
            root, leaves = hashlib.sha256(root + leaves).digest(), b""
            assert root.hex() == row["root"]
    assert b"" == leaves
    return root.hex()


def test_anyone_can_check_the_trail_with_a_hash_function_and_json(get: Callable[..., Any]) -> None:
    first, *lines, last = get().text.splitlines()
    rows = [json.loads(line) for line in lines]
    own = [(row, line) for row, line in zip(rows, lines, strict=True) if "stream" in row]

    assert all(row["leaf"] == leaf_of(row, raw(line, "meta"), raw(line, "data")) for row, line in own)
    assert {"holds": True, "events": len(rows), "root": root_of(rows), "problem": None} == json.loads(last)["proof"]
    assert "SHA-256" in json.loads(first)["how_to_verify"]


def test_the_table_holds_the_same_proof_and_tells_it_in_words(get: Callable[..., Any]) -> None:
    *rows, proof = csv.DictReader(io.StringIO(get("csv").content.decode("utf-8-sig"), newline=""))
    own = [row for row in rows if row["stream"]]

    assert all(row["leaf"] == leaf_of(row | {"name": row["event"]}, row["meta"], row["data"]) for row in own)
    assert f"Checked: {len(rows)} events, one unbroken chain. Its root is {root_of(rows)}." == proof["what happened"]
    assert ("Ana Ruiz", "The workspace Acme Europe was created.") == (own[0]["who"], own[0]["what happened"])
    asked = next(row for row in own if row["event"] == "plan.requested")
    assert "Pia Maas asked for the plan =1+1 with €120,000." == asked["what happened"]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_events_of_others_are_sealed(get: Callable[..., Any], kind: str) -> None:
    text = get(kind).text

    assert "Acme Europe" in text
    assert not re.search(r"Secret Rival|Sam Stone|other/", text)


@pytest.mark.parametrize(
    ("user", "workspace", "status"), [(PIA, ACME, 403), (VERA, ACME, 403), (STRANGER, ACME, 403), (ANA, "other", 403)]
)
def test_only_owners_of_the_workspace_get_it(get: Callable[..., Any], user: str, workspace: str, status: int) -> None:
    answer = get(user=user, workspace=workspace)

    assert status == answer.status_code
    assert "Ask" in answer.text


def test_a_broken_log_is_told_in_the_file_itself(get: Callable[..., Any], told: Engine) -> None:
    with told.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))
        connection.execute(sa.text("ALTER TABLE event DISABLE TRIGGER event_only_grows"))
        connection.execute(
            sa.text("""UPDATE event SET data = jsonb_set(data::jsonb, '{name}', '"Eve"') WHERE position = 3""")
        )
    proof = json.loads(get().text.splitlines()[-1])["proof"]
    *_, last = csv.DictReader(io.StringIO(get("csv").content.decode("utf-8-sig"), newline=""))

    assert {"position": 3, "what": "The event was changed after it was written."} == proof["problem"]
    assert not proof["holds"]
    assert "The proof fails from event 3 on" in last["what happened"]


def test_a_removed_event_of_somebody_else_breaks_the_chain_too(get: Callable[..., Any], told: Engine) -> None:
    with told.begin() as connection:
        connection.execute(sa.text("SET LOCAL ROLE NONE"))
        connection.execute(sa.text("ALTER TABLE event DISABLE TRIGGER event_only_grows"))
        connection.execute(sa.text("DELETE FROM event WHERE position = 6"))
    proof = json.loads(get().text.splitlines()[-1])["proof"]

    assert {"position": 6, "what": "Events are missing, or stand out of order, from here on."} == proof["problem"]


def test_the_past_ends_with_a_whole_append(get: Callable[..., Any]) -> None:
    """The first four events were told together: position 3 lies within them."""
    lines, none = get(at="7").text.splitlines(), get(at="3").text.splitlines()

    assert 7 == json.loads(lines[-1])["proof"]["events"]
    assert 0 == json.loads(none[-1])["proof"]["events"]


@pytest.mark.parametrize(("kind", "at"), [("exe", ""), ("csv", "x"), ("jsonl", "-1")])
def test_there_is_nothing_else_to_get(get: Callable[..., Any], kind: str, at: str) -> None:
    assert 404 == get(kind, at=at).status_code
