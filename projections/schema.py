"""Creates the read models' tables. A model whose version changed starts anew, filled before anyone sees it."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.schema import CreateIndex, CreateTable

from events import schema
from projections import follower, performance_sums, performance_tables
from projections.memory import Memory
from projections.models import MODELS
from projections.page import POSITIONS, advance
from projections.read_model import LEAVE_ROOM, METADATA, Folded

_ALSO = (follower.HEARTBEAT, performance_tables.ROWS)
"""Tables of modules that no read model imports: naming them here brings them into METADATA."""

_CHECKPOINTS_AS_TEXT = """
    DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'checkpoint'::regclass AND attname = 'rows'
                   AND atttypid = 'jsonb'::regtype) THEN
            ALTER TABLE checkpoint ALTER rows TYPE json USING rows::text::json;
        END IF;
    END $$
"""
"""Nobody asks into them: as text they are written and read three times as fast."""

_FORGET_OLD_STATES = """
    DELETE FROM checkpoint c
    WHERE NOT EXISTS (SELECT FROM read_position p WHERE (p.model, p.version) = (c.model, c.version))
"""


def migrate(engine: Engine) -> None:
    """Bring the log's and the read models' tables up to date. Safe if several processes start at once."""
    schema.migrate(engine)
    tables = [str(CreateTable(table)) for table in METADATA.sorted_tables]
    indexes = [str(CreateIndex(index)) for table in METADATA.sorted_tables for index in table.indexes]
    versions = [f"{model.name} {model.version}" for model in MODELS]
    steps = [performance_tables.VIEW, _CHECKPOINTS_AS_TEXT, LEAVE_ROOM, _FORGET_OLD_STATES]
    schema.apply(engine, "projections", "\n".join([*tables, *sorted(indexes), *versions, *steps]), _build)


def _build(connection: Connection) -> None:
    METADATA.create_all(connection)
    performance_tables.build(connection)
    connection.exec_driver_sql(_CHECKPOINTS_AS_TEXT)
    if connection.execute(sa.select(performance_sums.TABLE).limit(1)).first() is None:
        performance_sums.fill(connection)
    standing = {row.model: row.version for row in connection.execute(sa.select(POSITIONS))}
    for model in MODELS:
        if standing.get(model.name) != model.version:
            model.table.drop(connection)
            model.table.create(connection)
            connection.execute(
                sa.text(
                    "INSERT INTO read_position (model, version, position) VALUES (:model, :version, 0)"
                    " ON CONFLICT (model) DO UPDATE SET version = excluded.version, position = 0"
                ),
                {"model": model.name, "version": model.version},
            )
            connection.execute(sa.text("DELETE FROM parked WHERE model = :model"), {"model": model.name})
        if isinstance(model, Folded):
            connection.exec_driver_sql(LEAVE_ROOM.format(model.table.name))
    connection.execute(sa.text(_FORGET_OLD_STATES))
    memory = Memory()
    while advance(connection, memory, careful=True).moved:
        pass
