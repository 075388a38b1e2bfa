"""What the sandbox remembers, in one SQLite file: written before a request is answered, so that a kill loses nothing.

Records are small and held in memory too; contents of files stay on disk until somebody asks for them.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Generic, Literal, TypeVar

import msgspec

from worker.google_drive.sandbox.accounts import Account

FOLDER = "application/vnd.google-apps.folder"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
EXPORT_LIMIT = 10 * 1024 * 1024
TOKEN_LIFETIME = 3599


class Share(msgspec.Struct, kw_only=True):
    role: Literal["reader", "writer"]
    at: datetime


class Drive(msgspec.Struct, kw_only=True):
    """A shared drive. Its id is also the id of its top folder."""

    id: str
    name: str
    members: list[str]
    created_at: datetime
    moved: dict[str, int] = {}
    """Place in each person's change feed where they joined or left."""


class File(msgspec.Struct, kw_only=True):
    id: str
    name: str
    mime_type: str
    shortcut_to: str | None = None
    """Id of the file that a shortcut stands for."""
    owner: str
    """Who made it. In a shared drive nobody owns a file, and the API leaves `owners` out."""
    parents: list[str]
    created_at: datetime
    modified_at: datetime
    modified_by: str
    drive_id: str | None = None
    version: int = 1
    changed: int = 0
    """Place of the newest change in the change feed."""
    holds: Literal["nothing", "bytes", "tabs"] = "nothing"
    size: int = 0
    md5: str | None = None
    sha1: str | None = None
    sha256: str | None = None
    trashed: bool = False
    trashed_with_folder: bool = False
    trashed_at: datetime | None = None
    shared_with: dict[str, Share] = {}
    description: str | None = None
    starred: bool = False
    download_forbidden: bool = False
    made_by_app: bool = False
    is_root: bool = False
    locale: str = "en_US"


class Removal(msgspec.Struct, kw_only=True):
    """A user lost a file: deleted, or no longer shared."""

    user: str
    file_id: str
    drive_id: str | None
    changed: int
    at: datetime


class Code(msgspec.Struct, kw_only=True):
    code: str
    user: str
    client_id: str
    redirect_uri: str
    scopes: list[str]
    challenge: str
    wants_refresh: bool
    expires_at: datetime
    used: bool = False


class RefreshToken(msgspec.Struct, kw_only=True):
    token: str
    user: str
    client_id: str
    scopes: list[str]
    issued_at: datetime


class AccessToken(msgspec.Struct, kw_only=True):
    token: str
    user: str
    client_id: str
    scopes: list[str]
    expires_at: datetime


class Consent(msgspec.Struct, kw_only=True):
    """What a user once allowed a client."""

    user: str
    client_id: str
    scopes: list[str]


class Settings(msgspec.Struct, kw_only=True):
    """What the verbs can turn, and the counters."""

    secret: str
    sequence: int = 1
    created_files: int = 0
    clock_offset: float = 0.0
    export_limit: int = EXPORT_LIMIT
    token_lifetime: int = TOKEN_LIFETIME


R = TypeVar("R", bound=msgspec.Struct)


class Shelf(Generic[R]):
    """Records of one kind by key, in memory and in the state file."""

    def __init__(self, database: sqlite3.Connection, kind: type[R], key: Callable[[R], str]) -> None:
        self._database = database
        self._kind = kind.__name__
        self._key = key
        rows = database.execute("SELECT key, body FROM record WHERE kind = ?", (self._kind,))
        self._records: dict[str, R] = {name: msgspec.json.decode(body, type=kind) for name, body in rows}

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._records.values()))

    def get(self, key: str) -> R | None:
        return self._records.get(key)

    def put(self, record: R) -> None:
        key = self._key(record)
        self._records[key] = record
        statement = "INSERT OR REPLACE INTO record (kind, key, body) VALUES (?, ?, ?)"
        self._database.execute(statement, (self._kind, key, msgspec.json.encode(record)))

    def drop(self, record: R) -> None:
        key = self._key(record)
        self._records.pop(key, None)
        self._database.execute("DELETE FROM record WHERE kind = ? AND key = ?", (self._kind, key))


class State:
    """All records, the contents and the clock. One thread changes it at a time: the server's event loop."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._database = open_database(path)
        self._load()
        self.commit()

    def _load(self) -> None:
        database = self._database
        self.accounts = Shelf(database, Account, lambda record: record.email)
        self.drives = Shelf(database, Drive, lambda record: record.id)
        self.files = Shelf(database, File, lambda record: record.id)
        self.removals = Shelf(database, Removal, lambda record: f"{record.user}|{record.file_id}")
        self.codes = Shelf(database, Code, lambda record: record.code)
        self.refresh_tokens = Shelf(database, RefreshToken, lambda record: record.token)
        self.access_tokens = Shelf(database, AccessToken, lambda record: record.token)
        self.consents = Shelf(database, Consent, lambda record: f"{record.user}|{record.client_id}")
        kept = Shelf(database, Settings, lambda _: "settings")
        self._kept_settings = kept
        self.settings = kept.get("settings") or Settings(secret=secrets.token_hex(16))
        self.save_settings()

    def now(self) -> datetime:
        return self._clock() + timedelta(seconds=self.settings.clock_offset)

    def save_settings(self) -> None:
        self._kept_settings.put(self.settings)

    def next_in_feed(self) -> int:
        self.settings.sequence += 1
        self.save_settings()
        return self.settings.sequence

    def content(self, file_id: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes of a file's content from `start`; empty when there is none."""
        part = "substr(data, ?)" if length is None else "substr(data, ?, ?)"
        arguments = (start + 1,) if length is None else (start + 1, length)
        row = self._database.execute(
            f"SELECT {part} FROM content WHERE file_id = ?",  # noqa: S608 one of two literals
            (*arguments, file_id),
        ).fetchone()
        return bytes(row[0] or b"") if row else b""  # SQLite cuts NULL out of an empty blob

    def keep_content(self, file_id: str, data: bytes) -> None:
        self._database.execute("INSERT OR REPLACE INTO content (file_id, data) VALUES (?, ?)", (file_id, data))

    def drop_content(self, file_id: str) -> None:
        self._database.execute("DELETE FROM content WHERE file_id = ?", (file_id,))

    def commit(self) -> None:
        self._database.commit()

    def forget_everything(self) -> None:
        """Back to an empty state file, clock and settings included."""
        self._database.execute("DELETE FROM record")
        self._database.execute("DELETE FROM content")
        self._load()

    def close(self) -> None:
        self._database.commit()
        self._database.close()


class Unusable(Exception):
    """The state file can't be used. The message says why and what to do."""


def open_database(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    # The server is built in one thread and may serve in another; never in two at once.
    database = sqlite3.connect(path, timeout=1, check_same_thread=False)
    try:
        prepare(database)
    except sqlite3.OperationalError as error:
        database.close()
        raise Unusable(f"{path} is in use by another sandbox. Stop that one, or choose another file.") from error
    except sqlite3.DatabaseError as error:
        database.close()
        raise Unusable(f"{path} is no state file of the sandbox. Delete it, or choose another file.") from error
    return database


def prepare(database: sqlite3.Connection) -> None:
    # Two servers with one file would each believe their own memory.
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    # NORMAL survives a killed process; only a power cut could cost the last write of a stand-in.
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, body BLOB, PRIMARY KEY (kind, key))")
    database.execute("CREATE TABLE IF NOT EXISTS content (file_id TEXT PRIMARY KEY, data BLOB)")
    database.commit()
