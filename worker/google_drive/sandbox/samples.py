"""The sample Drive of an outdoor shop: campaign files as platforms and agencies write them, and a dozen others.

No money appears twice: each channel's actuals stand in one file, the agency's plan holds budgets of weeks to come.
"""

from collections import defaultdict
from datetime import datetime
from random import Random

from worker.google_drive.sandbox.samples_agency import media_plan, tv_and_radio
from worker.google_drive.sandbox.samples_exports import (
    AGENCY,
    COLLEAGUE,
    OWNER,
    affiliate,
    google_ads,
    linkedin,
    meta_ads,
    tiktok,
)
from worker.google_drive.sandbox.samples_format import (
    CSV,
    GOOGLE_SHEET,
    XLSX,
    Cell,
    Rows,
    SampleFile,
    Tab,
    csv_text,
    xlsx_bytes,
)
from worker.google_drive.sandbox.samples_history import (
    SEED,
    WEEKS,
    ChannelWeek,
    ResponseCurve,
    first_week,
    history,
    truth,
)
from worker.google_drive.sandbox.samples_other import others

__all__ = [
    "AGENCY",
    "COLLEAGUE",
    "CSV",
    "GOOGLE_SHEET",
    "OWNER",
    "SEED",
    "WEEKS",
    "XLSX",
    "Cell",
    "ChannelWeek",
    "ResponseCurve",
    "Rows",
    "SampleFile",
    "Tab",
    "bytes_of",
    "csv_text",
    "first_week",
    "history",
    "sample_files",
    "truth",
    "xlsx_bytes",
]


def sample_files(now: datetime, *, seed: int = SEED) -> list[SampleFile]:
    """Invent all files of the sample Drive. Equal arguments give equal bytes."""
    weeks: dict[str, list[ChannelWeek]] = defaultdict(list)
    for week in history(now, seed):
        weeks[week.channel].append(week)
    random = Random(f"{seed}/files")  # noqa: S311 - invented numbers, no secrets
    return [
        google_ads(weeks, now, random),
        meta_ads(weeks, now, random),
        linkedin(weeks, now, random),
        tiktok(weeks, now, random),
        affiliate(weeks, now, random),
        tv_and_radio(weeks, now, random),
        media_plan(now),
        *others(now, random),
    ]


def bytes_of(name: str, now: datetime, *, seed: int = SEED) -> bytes:
    """Give the bytes of one sample file as Drive hands them out (a native Sheet as XLSX)."""
    return next(file for file in sample_files(now, seed=seed) if file.name == name).download()
