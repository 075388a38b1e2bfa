"""The periods that people plan for, and the weeks in them."""

import calendar
from datetime import date, timedelta

from dashboard.voice import Voice


def periods(today: date) -> dict[str, tuple[date, date]]:
    """Offer the periods people plan for: next month, the coming quarters, next year. Keys are labels of `period.*`."""
    offered = {"next_month": _month_after(today), "next_28_days": (today + timedelta(1), today + timedelta(28))}
    quarter = _quarter_after(today)
    for _ in range(4):
        offered[f"quarter:{(quarter[0].month + 2) // 3}:{quarter[0].year}"] = quarter
        quarter = _quarter_after(quarter[0])
    offered["next_year"] = (date(today.year + 1, 1, 1), date(today.year + 1, 12, 31))
    return offered


def period_label(voice: Voice, key: str, period: tuple[date, date] | None) -> str:
    name, _, rest = key.partition(":")
    if name == "quarter":
        number, year = rest.split(":")
        label = voice.say("period.quarter", number=number, year=year)
    else:
        label = voice.say(f"period.{name}")
    return f"{label} ({voice.figures.span(*period)})" if period else label


def _month_after(day: date) -> tuple[date, date]:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _quarter_after(day: date) -> tuple[date, date]:
    quarter = (day.month - 1) // 3 + 1
    year, month = (day.year + 1, 1) if quarter == 4 else (day.year, quarter * 3 + 1)
    return date(year, month, 1), date(year, month + 2, calendar.monthrange(year, month + 2)[1])
