"""The vault on a real database: what it keeps, whom it opens for, and how many ask when many want to."""

import base64
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from events import database
from worker.platform import GrantLost, PlatformUnavailable
from worker.vault import Tokens, Vault, VaultCannotOpen, VaultSettings, create_tables

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
KEY, NEW_KEY = secrets.token_bytes(32), secrets.token_bytes(32)
TOKENS = Tokens(
    access="ya29.first", refresh="1//lasting", expires_at=NOW + timedelta(hours=1), scopes=("drive.readonly",)
)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = database.connect(database_url)
    with engine.begin() as connection:
        create_tables(connection)
    yield engine
    engine.dispose()


def vault_at(engine: sa.Engine, moment: datetime = NOW, keys: tuple[bytes, ...] = (KEY,)) -> Vault:
    return Vault(engine, keys, lambda: moment)


def seal(engine: sa.Engine, tokens: Tokens = TOKENS, attempt: str | None = None) -> str:
    with engine.begin() as connection:
        return vault_at(engine).seal(connection, "acme", "google_drive", tokens, attempt=attempt)


def open_entry(engine: sa.Engine, handle: str, workspace: str = "acme", vault: Vault | None = None) -> Tokens:
    with engine.begin() as connection:
        return (vault or vault_at(engine)).open(connection, workspace, handle)


def test_sealed_tokens_come_back_whole(engine: sa.Engine):
    assert open_entry(engine, seal(engine)) == TOKENS


def test_nothing_of_a_token_stands_in_the_database(engine: sa.Engine):
    seal(engine)
    with engine.connect() as connection:
        rows = repr(connection.execute(sa.text("SELECT * FROM vault_entry")).all())
    assert "ya29" not in rows
    assert "lasting" not in rows


def test_printing_tokens_shows_no_secret():
    shown = f"{TOKENS!r} {TOKENS} {[TOKENS]}"
    assert "ya29" not in shown
    assert "lasting" not in shown


def test_another_workspace_cannot_open_a_handle(engine: sa.Engine):
    with pytest.raises(VaultCannotOpen, match="not stored any more"):
        open_entry(engine, seal(engine), workspace="rival")


def test_an_entry_copied_to_another_row_does_not_open(engine: sa.Engine):
    ours, theirs = seal(engine), seal(engine, replace(TOKENS, access="ya29.theirs"))
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE vault_entry SET sealed = (SELECT sealed FROM vault_entry WHERE handle = :theirs)"
                " WHERE handle = :ours"
            ),
            {"ours": ours, "theirs": theirs},
        )
    with pytest.raises(VaultCannotOpen, match="tampered"):
        open_entry(engine, ours)


def test_a_changed_byte_is_noticed(engine: sa.Engine):
    handle = seal(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE vault_entry SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)"))
    with pytest.raises(VaultCannotOpen, match="tampered"):
        open_entry(engine, handle)


def test_a_key_that_is_not_here_is_named_in_words(engine: sa.Engine):
    handle = seal(engine)
    with pytest.raises(VaultCannotOpen, match="MEDIA_PLANNER_VAULT_KEY"):
        open_entry(engine, handle, vault=vault_at(engine, keys=(NEW_KEY,)))


def test_rotation_makes_the_old_key_dispensable(engine: sa.Engine):
    handle = seal(engine)
    both = vault_at(engine, keys=(NEW_KEY, KEY))
    assert open_entry(engine, handle, vault=both) == TOKENS
    with engine.begin() as connection:
        assert both.rotate(connection) == 1
        assert both.rotate(connection) == 0
    assert open_entry(engine, handle, vault=vault_at(engine, keys=(NEW_KEY,))) == TOKENS


def test_sealing_an_attempt_twice_keeps_one_handle(engine: sa.Engine):
    first = seal(engine, attempt="integration-1")
    assert seal(engine, attempt="integration-1") == first
    with engine.begin() as connection:
        assert vault_at(engine).handle_of(connection, "acme", "integration-1") == first
        assert vault_at(engine).handle_of(connection, "rival", "integration-1") is None


def test_erased_tokens_are_gone(engine: sa.Engine):
    handle = seal(engine)
    with engine.begin() as connection:
        vault_at(engine).erase(connection, "rival", handle)
    assert open_entry(engine, handle) == TOKENS
    with engine.begin() as connection:
        vault_at(engine).erase(connection, "acme", handle)
        vault_at(engine).erase(connection, "acme", handle)
    with pytest.raises(VaultCannotOpen, match="Connect it again"):
        open_entry(engine, handle)


class Platform:
    """Hands out new access tokens, slowly, and counts."""

    def __init__(self) -> None:
        self.asked = 0
        self._lock = threading.Lock()

    def refresh(self, tokens: Tokens) -> Tokens:
        with self._lock:
            self.asked += 1
        return replace(tokens, access=f"ya29.fresh{self.asked}", expires_at=NOW + timedelta(hours=3))

    def refuse(self, _tokens: Tokens) -> Tokens:
        with self._lock:
            self.asked += 1
        raise GrantLost("Access was withdrawn.")


def test_eight_who_find_a_token_expired_ask_once(engine: sa.Engine):
    handle, platform = seal(engine), Platform()
    later = vault_at(engine, NOW + timedelta(hours=2))
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(later.renew, "acme", handle, "ya29.first", platform.refresh) for _ in range(8)]
        renewed = {future.result().access for future in asked}
    assert (platform.asked, renewed) == (1, {"ya29.fresh1"})
    assert open_entry(engine, handle).access == "ya29.fresh1"


def test_a_token_that_is_refused_early_is_renewed_too(engine: sa.Engine):
    handle, platform = seal(engine), Platform()
    assert vault_at(engine).renew("acme", handle, "ya29.first", platform.refresh).access == "ya29.fresh1"
    assert vault_at(engine).renew("acme", handle, "ya29.first", platform.refresh).access == "ya29.fresh1"
    assert platform.asked == 1


def test_a_lost_grant_is_remembered_and_nobody_asks_again(engine: sa.Engine):
    handle, platform = seal(engine), Platform()
    for _ in range(3):
        with pytest.raises(GrantLost, match="withdrawn"):
            vault_at(engine).renew("acme", handle, "ya29.first", platform.refuse)
    with pytest.raises(GrantLost, match="withdrawn"):
        open_entry(engine, handle)
    assert platform.asked == 1


def test_a_platform_in_trouble_loses_no_grant(engine: sa.Engine):
    handle = seal(engine)

    def fail(_tokens: Tokens) -> Tokens:
        raise PlatformUnavailable("No answer.")

    with pytest.raises(PlatformUnavailable):
        vault_at(engine).renew("acme", handle, "ya29.first", fail)
    assert open_entry(engine, handle) == TOKENS


def test_keys_come_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MEDIA_PLANNER_VAULT_KEY", base64.urlsafe_b64encode(NEW_KEY).decode())
    monkeypatch.setenv("MEDIA_PLANNER_VAULT_OLD_KEYS", base64.b64encode(KEY).decode())
    settings = VaultSettings()  # pyright: ignore[reportCallIssue]
    assert settings.keys() == (NEW_KEY, KEY)
    assert base64.urlsafe_b64encode(NEW_KEY).decode() not in repr(settings)


@pytest.mark.parametrize("text", ["", "short", "Zm9v", "&" * 44])
def test_a_useless_key_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("MEDIA_PLANNER_VAULT_KEY", text)
    with pytest.raises(ValueError, match="32 random bytes"):
        VaultSettings()  # pyright: ignore[reportCallIssue]
