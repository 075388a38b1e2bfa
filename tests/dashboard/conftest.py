"""Pages over a real database that the real follower keeps up, with Temporal in a hand-written fake."""

import html
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import streamlit as st
from sqlalchemy.engine import Engine
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import dashboard
from dashboard.access import places, services
from dashboard.serving import settings, sign_in
from events import database, store
from projections.follower import follow
from tests.dashboard import seeding
from tests.dashboard.fake_temporal import FakeTemporal
from worker.embedded.postgres import Postgres

APP = str(Path(dashboard.__file__).parent / "app.py")
OpenPage = Callable[..., AppTest]

config._main_script_path = APP
config.get_config_options(force_reparse=True)


@pytest.fixture(autouse=True)
def _no_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each page the search of every installed package for components, of which ours have none."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)


@pytest.fixture
def temporal() -> FakeTemporal:
    return FakeTemporal()


@pytest.fixture
def compose(temporal: FakeTemporal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Engine, str], None]]:
    """Hand the pages a database, a person and this test's Temporal, and nothing that was cached before."""

    def composed(engine: Engine, user: str) -> None:
        monkeypatch.setattr(services, "engine", lambda: engine)
        monkeypatch.setattr(services, "temporal", lambda: temporal)
        monkeypatch.setenv("MEDIA_PLANNER_SIGN_IN", "demo")
        monkeypatch.setenv("MEDIA_PLANNER_DEMO_USER", user)
        settings.settings.cache_clear()
        sign_in._signer.cache_clear()
        st.cache_data.clear()
        st.cache_resource.clear()
        places.forget_everything()

    yield composed
    settings.settings.cache_clear()


@pytest.fixture
def open_page(compose: Callable[[Engine, str], None]) -> OpenPage:
    """Open a page as somebody: `open_page(engine, "files", user="pia", workspace="acme", state="late")`."""

    def opened(engine: Engine, page: str, *, user: str, **parameters: str) -> AppTest:
        compose(engine, user)
        app = AppTest.from_file(APP, default_timeout=20)
        app._page_hash = calc_hash(page)
        app.query_params.update(parameters)
        return app.run()

    return opened


@pytest.fixture
def followed(engine: Engine) -> Iterator[Engine]:
    """Run the process that keeps the read models, so that a command shows on the next page."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(engine, stop))
    thread.start()
    yield engine
    stop.set()
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_notify(store.CHANNEL, "")))  # it waits a second for news otherwise
    thread.join()


@pytest.fixture(scope="session")
def normal_template(postgres_server: Postgres, migrated_template: str) -> str:
    """A workspace with everything in it, told once a run."""
    engine = _copy(postgres_server, migrated_template, "normal_template")
    seeding.normal(engine)
    engine.dispose()
    return "normal_template"


@pytest.fixture
def normal(postgres_server: Postgres, normal_template: str) -> Iterator[Engine]:
    """A workspace with everything in it, of the test's own."""
    engine = _copy(postgres_server, normal_template, f"test_{uuid.uuid4().hex}")
    yield engine
    engine.dispose()


def _copy(server: Postgres, template: str, name: str) -> Engine:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return database.connect(server.url(name))


@pytest.fixture(scope="session")
def state(postgres_server: Postgres, migrated_template: str) -> Iterator[Callable[[str], Engine]]:
    """One database a state of the workspace, for tests that only look."""
    engines: dict[str, Engine] = {}

    def engine_of(name: str) -> Engine:
        if name not in engines:
            engines[name] = _copy(postgres_server, migrated_template, f"state_{name}")
            seeding.STATES[name](engines[name], datetime.now(UTC))
        return engines[name]

    yield engine_of
    for engine in engines.values():
        engine.dispose()


def text_of(app: AppTest) -> str:
    """Everything a person can read on the page, without the marks that keep it from being Markdown."""
    assert not app.exception, app.exception
    found: dict[str, None] = {}
    for element in app._tree:
        for holder in (element, getattr(element, "proto", None)):
            for name in ("value", "label", "title", "delta", "delta_description", "alt", "body", "text", "options"):
                found |= dict.fromkeys(_strings(getattr(holder, name, None)))
    return re.sub(r"\\([^\w\s])", r"\1", "\n".join(found)).replace("\u2060", "")


def without_tags(body: str) -> str:
    """What a piece of HTML says, and where its links lead."""
    body = re.sub(r"<style>.*?</style>|<wbr>", "", body, flags=re.DOTALL)
    return html.unescape(re.sub(r"(<[^>]*>)+", "\n", re.sub(r'<a href="([^"]*)"', r"\1<a", body)))


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [without_tags(value) if value.startswith("<") else value]
    if hasattr(value, "to_csv"):
        return [str(value.to_csv(index=False))]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


@pytest.fixture
def read() -> Callable[[AppTest], str]:
    return text_of
