"""How figures are written, and that every sentence exists in every language."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dashboard
from dashboard.figures import Figures, known_locale
from dashboard.parts import plain
from dashboard.voice import voice_of
from dashboard.words import LANGUAGES, catalogue, language_of
from events.catalogue import CATALOGUE

ENGLISH, GERMAN = Figures("en", "EUR"), Figures("de", "EUR")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fields_of(sentence: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", sentence))


@pytest.mark.parametrize(
    ("amount", "english", "german"),
    [
        (Decimal("1234567.89"), "€1,234,568", "1.234.568\xa0€"),
        (Decimal("3.5"), "€3.50", "3,50\xa0€"),
        (Decimal(0), "€0", "0\xa0€"),
        (-42_000, "-€42,000", "-42.000\xa0€"),
    ],
)
def test_money_is_written_as_the_locale_does(amount: Decimal, english: str, german: str) -> None:
    assert (english, german) == (ENGLISH.money(amount), GERMAN.money(amount))


def test_short_money_keeps_all_digits_below_a_million() -> None:
    assert ("€999,999", "€1.2M") == (ENGLISH.short_money(999_999), ENGLISH.short_money(1_234_567))


def test_shares_carry_their_sign() -> None:
    assert ("+6.1%", "-0.5%", "±0%") == tuple(ENGLISH.signed_share(value) for value in (0.061, -0.005, 0.0))
    assert "+6,1\xa0%" == GERMAN.signed_share(0.061)


def test_shares_in_a_column_have_their_tenth() -> None:
    assert ("4.0%", "33.2%") == (ENGLISH.column_share(0.04), ENGLISH.column_share(0.332))
    assert "4,0\xa0%" == GERMAN.column_share(0.04)


def test_times_are_relative_to_the_given_now() -> None:
    assert "2 hours ago" == ENGLISH.ago(NOW - timedelta(hours=2), NOW)
    assert "in 7 minutes" == ENGLISH.ago(NOW + timedelta(minutes=7), NOW)
    assert "vor 40 Sekunden" == GERMAN.ago(NOW - timedelta(seconds=40), NOW)


def test_a_period_names_its_year_once() -> None:
    assert 1 == ENGLISH.span(date(2027, 1, 1), date(2027, 3, 31)).count("2027")


@settings(deadline=None)  # the first amount of a locale reads its marks from a file
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2), st.sampled_from(["en", "de", "fr", "en_IN", "ja"]))
def test_every_amount_can_be_written(amount: Decimal, locale: str) -> None:
    figures = Figures(locale, "EUR")

    assert all(
        (figures.money(amount), figures.exact_money(amount), figures.short_money(amount), figures.number(amount))
    )


def test_a_strange_locale_falls_back_to_english() -> None:
    assert ("en", "de_AT") == (known_locale("xx-nonsense"), known_locale("de-AT"))
    assert ("de", "en") == (language_of("de_AT"), language_of("fr"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(language: str) -> None:
    assert set(catalogue("en")) == set(catalogue(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fill_in_the_same_names(language: str) -> None:
    english = catalogue("en")

    assert [] == [key for key, text in catalogue(language).items() if fields_of(text) != fields_of(english[key])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_a_sentence(language: str) -> None:
    known = catalogue(language)

    assert [] == [name for name in CATALOGUE.classes if not any(key.startswith(f"event.{name}") for key in known)]


@pytest.mark.parametrize(
    ("locale", "browser", "written"),
    [("en", "en-GB", "localized"), ("de_DE", "de", "localized"), ("de_DE", "en-US", "%d"), ("en", "xx", "localized")],
)
def test_sliders_group_digits_only_where_the_browser_does_it_alike(locale: str, browser: str, written: str) -> None:
    assert written == Figures(locale, "EUR").slider_format(browser)


@pytest.mark.parametrize(
    ("locale", "written"),
    [("en_US", "MM/DD/YYYY"), ("en_GB", "DD/MM/YYYY"), ("de", "DD.MM.YYYY"), ("sv", "YYYY-MM-DD")],
)
def test_a_field_for_a_day_has_the_order_of_the_workspace(locale: str, written: str) -> None:
    assert written == Figures(locale, "EUR").day_format


def test_a_day_that_begins_a_sentence_is_no_list_and_shows_no_mark() -> None:
    assert ("30\\. Nov. 2026", "\\- more") == (plain("30. Nov. 2026"), plain("- more"))


def test_every_sentence_asked_for_exists() -> None:
    """Plain keys in the code are known; keys put together at run time are met by the page tests."""
    asked: set[str] = set()
    for file in Path(dashboard.__file__).parent.rglob("*.py"):
        asked |= set(re.findall(r"say\(\s*\"([a-z_.]+)\"", file.read_text()))
    known = {re.sub(r"\.(one|other|zero)$", "", key) for key in catalogue("en")}

    assert set() == asked - known


@pytest.mark.parametrize(("count", "sentence"), [(0, "0 files are being read"), (1, "1 file is being read")])
def test_counts_follow_the_plural_rule(count: int, sentence: str) -> None:
    assert sentence == voice_of("en", "EUR", NOW).say("freshness.waiting", count=count)
