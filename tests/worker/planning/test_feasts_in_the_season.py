"""Feasts in the season of a history: told only when the history has seen them twice."""

from datetime import date

import numpy as np
import pytest

from worker.planning import season
from worker.planning.panel import Panel


def weeks(count: int, first: date = date(2023, 1, 2), days: int = 7) -> Panel:
    nothing = np.zeros((count, 1))
    return Panel(["search"], first, days, nothing, nothing, nothing[:, 0], np.ones(count, bool), "revenue", "spend")


@pytest.mark.parametrize(("year", "day"), [(2023, 24), (2024, 29), (2026, 27)])
def test_black_friday_follows_the_fourth_thursday(year: int, day: int) -> None:
    assert season.black_friday(year) == date(year, 11, day)


def test_feasts_join_the_season_when_they_came_twice() -> None:
    one_year, two_years = season.terms(weeks(53))[0], season.terms(weeks(106))[0]
    assert one_year.shape[1] == 5
    assert two_years.shape[1] == 9
    assert season.terms(weeks(36, days=30))[0].shape[1] == 5


def test_every_term_has_an_expected_size_and_no_mean() -> None:
    for panel in (weeks(106), weeks(800, days=1)):
        terms, sd = season.terms(panel)
        assert terms.shape == (panel.periods, len(sd))
        assert np.allclose(terms.mean(axis=0), 0.0)


def test_a_day_of_a_feast_differs_from_the_day_before_it() -> None:
    panel = weeks(106)
    coefficients = np.zeros(9)
    coefficients[-3] = 0.5
    days = season.factors(panel, coefficients, date(2025, 11, 23), 3)
    assert days[1] == pytest.approx(days[0] * np.exp(0.5))
    assert days[2] == days[1]


def test_coming_periods_are_told_as_past_ones_are() -> None:
    panel = weeks(106)
    assert np.allclose(season.coming_terms(panel, panel.first, panel.periods), season.terms(panel)[0])
