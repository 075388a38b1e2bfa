"""Rows of a revision, read again from its kept bytes: what a rebuild of the performance rows needs."""

import polars as pl

from events.campaign_file import FileSynced


def rows_of(data: bytes, event: FileSynced) -> pl.DataFrame:
    """Read as the sync did when it stored this revision; rows in the reader's ROW_SCHEMA."""
    from worker.sync import pinned

    return pinned.read(data, event.name, event.pins).rows
