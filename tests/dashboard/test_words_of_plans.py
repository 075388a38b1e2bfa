"""Sentences of the planner, said in another language than the one they were stored in."""

import re

import pytest

from dashboard.words.planner import planner_said, sentences
from worker.planning.voice import LANGUAGES, Voice, templates

GAPS = re.compile(r"\{(\w+)(:[^}]*)?\}")
"""Gaps with a format hold numbers."""
NUMBER = 0.5
NAMES = {"channel": "TV, regional", "file": "Q3 report.xlsx", "channels": "TV, Meta", "money": "EUR", "count": "26"}


def told(language: str, key: str) -> str:
    """Say a sentence, or both halves of why, as the planner does."""
    voice = Voice(language)
    words = {"response": voice.say("response.revenue"), "unit": voice.say("unit.many_weeks")}
    words |= {"period": voice.say("unit.weeks"), "when": voice.say("unit.earlier_years")}
    words |= {"first": "05.01.2026" if language == "de" else "5 Jan 2026"}
    gaps = {
        name: spec for one in LANGUAGES for half in key.split() for name, spec in GAPS.findall(templates(one)[half])
    }
    values = {name: NUMBER if spec else name.upper() for name, spec in gaps.items()} | NAMES | words
    return ", ".join(voice.say(half, **values) for half in key.split())


def plain(sentence: str) -> str:
    """Marks of numbers follow the workspace later."""
    return sentence.replace("\xa0%", "%").replace(",", ".")


@pytest.mark.parametrize("key", sentences("en"))
def test_every_sentence_of_a_plan_is_said_in_both_languages(key: str) -> None:
    english, german = told("en", key), told("de", key)

    assert plain(german) == plain(planner_said("de", english, "EUR"))
    assert plain(english) == plain(planner_said("en", german, "EUR"))
    assert english == planner_said("en", english, "EUR")


def test_signs_stay_and_unknown_sentences_are_said_as_they_are() -> None:
    assert planner_said("de", "+ 104 weeks of history.", "EUR").startswith("+ 104 Wochen")
    assert "TV is a champion." == planner_said("de", "TV is a champion.", "EUR")
