"""What the calendar does to response: trend, yearly waves, weekdays, and the feasts that shops live on."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from dateutil.easter import easter

from worker.planning.curves import Floats
from worker.planning.panel import Panel

YEAR = 365.25
FEAST_SD = 0.25
LONGEST_PERIOD = 7
"""Days: in longer periods a feast is a small part, and the yearly waves hold it."""
SEEN = 2
"""Feasts that came less often are one odd week, not a habit."""


def terms(panel: Panel) -> tuple[Floats, Floats]:
    """Periods x terms, centred, and the standard deviation that each coefficient is expected to have."""
    past = _past(panel)
    mean = past.mean(axis=0) if len(past) else np.zeros(past.shape[1])
    return past - mean, _expected_sd(panel)


def coming_terms(panel: Panel, start: date, periods: int) -> Floats:
    """Terms of `periods` periods from `start` on, centred like those of the history."""
    dates = [start + timedelta(days=panel.days * t) for t in range(periods)]
    return _terms_at(panel, dates, panel.days) - _past(panel).mean(axis=0)


def factors(panel: Panel, coefficients: Floats, start: date, days: int) -> Floats:
    """How much better or worse each coming day is than the history's mean; the trend is held at its last value."""
    coming = _terms_at(panel, [start + timedelta(days=day) for day in range(days)], 1)
    return np.exp(np.clip((coming - _past(panel).mean(axis=0)) @ coefficients, -1.0, 1.0))


def _past(panel: Panel) -> Floats:
    dates = [panel.first + timedelta(days=panel.days * t) for t in range(panel.periods)]
    return _terms_at(panel, dates, panel.days)


def _terms_at(panel: Panel, dates: list[date], days: int) -> Floats:
    """Terms of periods that begin on `dates` and last `days` each."""
    day = np.array([(when - panel.first).days for when in dates], dtype=np.float64)
    columns = [np.clip(day, 0, panel.periods * panel.days) / YEAR]
    for wave in range(1, _waves(panel) + 1):
        angle = 2.0 * np.pi * wave * day / YEAR
        columns += [np.sin(angle), np.cos(angle)]
    if panel.days == 1:
        weekday = np.array([when.weekday() for when in dates])
        columns += [(weekday == index).astype(np.float64) for index in range(6)]
    feasts = _feasts(dates, days)
    columns += [feasts[:, index] for index in _known_feasts(panel)]
    return np.stack(columns, axis=1)


def _expected_sd(panel: Panel) -> Floats:
    sd = [0.3] + [0.25 / wave for wave in range(1, _waves(panel) + 1) for _ in range(2)]
    return np.array(sd + [0.3] * (6 if panel.days == 1 else 0) + [FEAST_SD] * len(_known_feasts(panel)))


def _waves(panel: Panel) -> int:
    return 2 if panel.periods * panel.days >= 300 else 1


def _known_feasts(panel: Panel) -> list[int]:
    """Feasts that the history has seen often enough to tell what they do."""
    if panel.days > LONGEST_PERIOD or panel.periods * panel.days < YEAR:
        return []
    days = [panel.first + timedelta(days=day) for day in range(panel.periods * panel.days)]
    inside = np.concatenate([np.zeros((1, 4)), _feasts(days, 1)])
    return [index for index, begun in enumerate((np.diff(inside, axis=0) > 0).sum(axis=0)) if begun >= SEEN]


def _feasts(dates: list[date], days: int) -> Floats:
    """Share of each period's days that belong to each feast."""
    each = [[_feasts_of(when + timedelta(days=day)) for day in range(days)] for when in dates]
    return np.array(each, dtype=np.float64).reshape(len(dates), days, 4).mean(axis=1)


@lru_cache(maxsize=4096)
def _feasts_of(day: date) -> tuple[bool, bool, bool, bool]:
    """Easter (Good Friday to Monday), the week up to Cyber Monday, Advent's shopping, Christmas to New Year's Day."""
    friday = black_friday(day.year)
    return (
        -2 <= (day - easter(day.year)).days <= 1,
        -4 <= (day - friday).days <= 3,
        day.month == 12 and day.day < 24,
        (day.month == 12 and day.day >= 24) or (day.month == 1 and day.day == 1),
    )


def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)
