"""Sentences of a plan in the languages of its readers."""

import re
from datetime import date, timedelta
from decimal import Decimal
from string import Formatter

import polars as pl
import pytest

from events.plan import Brief, TrackRecord
from worker.planning import planner
from worker.planning.history import from_frame
from worker.planning.voice import LANGUAGES, Voice, templates


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_there_in_every_language_with_the_same_values(language: str) -> None:
    english, other = templates("en"), templates(language)
    assert list(english) == list(other)
    for key, template in english.items():
        assert fields(template) - {"money"} == fields(other[key]) - {"money"}, key


def test_numbers_are_written_as_the_language_writes_them() -> None:
    values = {"extra": 1234567.0, "money": "EUR", "back": 2.5}
    assert "1,234,567 EUR would bring about 2.50" in Voice("en").say("insight.more_budget", **values)
    assert "1.234.567 EUR brächten je etwa 2,50" in Voice("de_CH").say("insight.more_budget", **values)
    assert "20\u00a0%" in Voice("de").say("driver.noise", noise=0.2)
    assert Voice("fr").say("response.revenue") == "revenue"
    with pytest.raises(KeyError):
        Voice().say("insight.none_such")


def test_a_german_plan_speaks_german_throughout() -> None:
    rows = [
        {
            "date": date(2025, 1, 6) + timedelta(weeks=week),
            "channel": channel,
            "campaign": f"{channel} {week % 2}",
            "file_id": "f",
            "spend": 100.0 + 20 * ((week * (3 + place)) % 7) if channel != "Messe" else 250.0,
            "revenue": (None if channel == "Messe" else 0.0 if 20 <= week < 23 and place else 900.0 - 300 * place),
        }
        for week in range(70)
        for place, channel in enumerate(("Suche", "Sozial", "Messe"))
    ]
    brief = Brief(title="x", budget=Decimal(9000), start=date(2026, 5, 11), end=date(2026, 6, 21))
    history = from_frame(pl.DataFrame(rows, infer_schema_length=None))
    track = TrackRecord(plans=4, inside=3, median_error=0.1)
    result = planner.plan(brief, history, language="de_DE", track=track).result
    said = [insight.sentence for insight in result.insights] + [fact.text for fact in result.facts]
    said += [*result.confidence_drivers, *result.warnings, *result.missing]
    assert len(said) > 12
    english = re.compile(r"\b(the|of|and|brings?|than|with|last|is|are)\b")
    assert [sentence for sentence in said if english.search(sentence)] == []
