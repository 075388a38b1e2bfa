"""Message DB, from the folder of its SQL scripts."""

import uuid
from pathlib import Path

import psycopg

from tests.bench.log_samples import DATA, EVENT, META_TEXT

_SCRIPTS = ("schema", "types", "tables", "functions", "indexes")
"""Without its role and rights, its views, and pgcrypto, of which PostgreSQL has long had all that it uses."""
_WRITE = b"SELECT write_message(%s, %s, %s, %s, %s)"


def install(connection: psycopg.Connection, folder: Path) -> None:
    """Install it beside our tables, and let this session find it."""
    for part in _SCRIPTS:
        for script in sorted((folder / part).glob("*.sql")):
            connection.execute(script.read_bytes())
    connection.execute("SET search_path TO message_store, public")
    connection.commit()


def append(connection: psycopg.Connection, appends: int) -> int:
    """Write one message a transaction; its stream's category is what its lock and its readers go by."""
    for _ in range(appends):
        with connection.transaction(), connection.cursor() as cursor:
            given = (str(uuid.uuid4()), f"file-{uuid.uuid4()}", EVENT.NAME, DATA, META_TEXT)
            cursor.execute(_WRITE, given, prepare=True).fetchone()
    return appends
