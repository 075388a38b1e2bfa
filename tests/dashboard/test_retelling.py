"""Sentences of plans, said with the workspace's figures, whatever language and marks they were stored with."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from dashboard.views.retelling import retold
from dashboard.voice import voice_of
from events.plan import SourceFile
from tests.dashboard.exported_plans import plan

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PLAN = plan()


def _told(locale: str, sentence: str, response: str = "revenue", currency: str = "EUR") -> str:
    assert PLAN.result is not None
    split = replace(PLAN.result.distribution_plan, response=response)
    brief = replace(PLAN.brief, currency=currency)
    source = SourceFile(file_id="f", name="Report 1.250 EUR.csv", revision="r", rows=1)
    result = replace(PLAN.result, distribution_plan=split, warnings=[sentence])
    told = retold(voice_of(locale, "EUR", NOW), replace(PLAN, brief=brief, result=result, sources=[source])).result
    assert told is not None
    return told.warnings[0]


@pytest.mark.parametrize(
    ("locale", "sentence", "told"),
    [
        (
            "en_GB",
            "Move 69,600 EUR from TV: the last EUR brings 2.61 revenue.",
            "Move €69,600 from TV: the last € brings €2.61 revenue.",
        ),
        ("de_DE", "Weitere 69.600 EUR brächten 1,05 Umsatz.", "Weitere 69.600\xa0€ brächten 1,05\xa0€ Umsatz."),
        ("de_DE", "Move 69,600 EUR, 12% of it.", "Move 69.600\xa0€, 12\xa0% of it."),
        ("de_CH", "Es fehlen 1.234.567 Zeilen, 29\xa0%.", "Es fehlen 1’234’567 Zeilen, 29%."),
        (
            "en",
            "Report 1.250 EUR.csv spent 900 EUR since 5 Jan 2026.",
            "Report 1.250 EUR.csv spent €900 since 5 Jan 2026.",
        ),
        ("de_DE", "Seit 05.01.2026 bringt TV 8\xa0% mehr.", "Seit 05.01.2026 bringt TV 8\xa0% mehr."),
    ],
)
def test_amounts_in_stored_sentences_are_written_like_all_others(locale: str, sentence: str, told: str) -> None:
    assert told == _told(locale, sentence)


def test_what_one_unit_brings_is_money_only_when_the_result_is() -> None:
    assert "TV brings 0,04 conversions." == _told("de_DE", "TV brings 0.04 conversions.", "conversions")


def test_a_plan_keeps_its_own_currency() -> None:
    assert "US$900 for 3 weeks" == _told("en_GB", "900 USD for 3 weeks", currency="USD")
