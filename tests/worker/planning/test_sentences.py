"""Sentences of a plan in the languages of its readers."""

import re
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from string import Formatter

import polars as pl
import pytest
from rich.console import Console

from events.plan import Brief, GroupLimit, Limit, TrackRecord
from worker.planning import planner, terminal
from worker.planning.history import from_frame
from worker.planning.limits import BriefProblem, check
from worker.planning.voice import LANGUAGES, Voice, templates

ENGLISH = re.compile(r"\b(the|of|and|brings?|than|with|last|is|are|to|today|plan could|by)\b")


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
    page = StringIO()
    terminal.show(result, Console(file=page, width=200, highlight=False), "de")
    said += page.getvalue().splitlines()
    assert [sentence for sentence in said if ENGLISH.search(sentence)] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"budget": Decimal(0)},
        {"end": date(2026, 1, 1)},
        {"end": date(2029, 1, 1)},
        {"goal": "target_cpa"},
        {"flighting": "own", "week_weights": [1.0]},
        {"limits": {"Suche": Limit(at_least=Decimal(20_000))}},
        {"limits": {"Suche": Limit(at_least=Decimal(9), at_most=Decimal(3))}},
        {"limits": {"Suche": Limit(at_most=Decimal(-3))}},
        {"groups": [GroupLimit(name="g", channels=["Suche", "Suche"])]},
    ],
)
def test_a_refused_brief_says_why_in_german(changes: dict[str, object]) -> None:
    fields = {"title": "x", "budget": Decimal(9000), "start": date(2026, 5, 11), "end": date(2026, 6, 21)}
    with pytest.raises(BriefProblem) as caught:
        check(Brief(**{**fields, **changes}))  # pyright: ignore[reportArgumentType]
    said = caught.value.said(Voice("de_AT"))
    assert said != str(caught.value)
    assert not ENGLISH.search(said)


def test_no_german_template_holds_english_words() -> None:
    spoken = {key: re.sub(r"\{[^}]*\}", "", text) for key, text in templates("de").items()}
    assert [key for key, text in spoken.items() if ENGLISH.search(text)] == []
