"""Every table of the product, made by one call: the log, the read models, the consent flow and the vault."""

import sqlalchemy

import projections.schema


def migrate(engine: sqlalchemy.Engine) -> None:
    """Bring the database up to date. Safe to call again, and from several processes at once."""
    projections.schema.migrate(engine)
    _worker_tables(engine)


def _worker_tables(engine: sqlalchemy.Engine) -> None:
    from worker import vault
    from worker.google_drive import consent

    with engine.begin() as connection:
        connection.exec_driver_sql("RESET ROLE")
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7304511)")
        consent.create_tables(connection)
        vault.create_tables(connection)
