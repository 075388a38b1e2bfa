"""The one-pager, opened by pypdf: one page that says what the plan says, in a font of its own."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from pypdf import PdfReader

from dashboard.exports.one_pager import plan_pdf
from dashboard.views.plan import plan_view
from dashboard.views.plans import sorted_lines
from events.plan import DistributionPlan
from projections.plans import Plan
from tests.dashboard import seeding
from tests.dashboard.exported_plans import NOW, PLANS, RECORD, plan, renamed, voice


def document(made: Plan, locale: str = "en") -> PdfReader:
    return PdfReader(io.BytesIO(plan_pdf(voice(locale), made, decided_by="Ana Ruiz", record=RECORD)))


def text_of(made: Plan, locale: str = "en") -> str:
    """Give the text of the only page, each gap one plain space."""
    (page,) = document(made, locale).pages
    return re.sub(r"\s+", " ", page.extract_text())


def spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u2060", "")).strip()


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("name", ["ordinary", "partial", "no expectation", "one channel", "google"])
def test_the_page_says_what_the_plan_says(name: str, locale: str) -> None:
    made, page = PLANS[name], text_of(PLANS[name], locale)
    assert made.result is not None
    view = plan_view(voice(locale), made, requested_by="", decided_by="")

    assert view.title in page
    assert view.badge.label in page
    assert all(spaced(one) in page for one in (view.expected.value, view.expected.change, view.expected.note))
    assert all(spaced(one) in page for one in (view.moves, view.moves_note, view.sure_note))
    for row in view.lines:
        shown = [value for label, value in row.items() if label in set(list(row)[:6])]
        assert spaced(" ".join(shown)) in page
    for sentence in [*view.warnings, *view.missing, *view.drivers, RECORD]:
        assert spaced(sentence) in page


def test_curves_tell_today_and_the_plan_of_what_moves_most() -> None:
    page = text_of(PLANS["ordinary"])

    assert "now €1,700 plan €2,125 brings €1,836 brings €2,040" in page
    assert "Dotted: the most ever spent." in page
    assert "do not hold enough weeks with changing spend" in text_of(PLANS["partial"])


def test_names_from_hell_are_text_and_odd_shapes_are_left_out() -> None:
    page = text_of(PLANS["names from hell"], "de")

    assert all(name in page for name in ("=1+1 / «Ünï»", "=cmd|' /C calc'!A0", '+1+"quoted"', "-Line break", "Straße;"))
    assert "🚀" not in page


def test_other_scripts_are_written_or_marked_as_unwritable() -> None:
    page = text_of(plan(renamed(("Поиск", "Αναζήτηση", "検索", "Wyszukiwanie ąęł"))))

    assert all(name in page for name in ("Поиск", "Αναζήτηση", "??", "Wyszukiwanie ąęł"))


@pytest.mark.parametrize("symbol", ["€", "£", "₹", "₺", "zł", "₴", "₩"])
def test_the_font_is_ours_and_knows_currencies(symbol: str) -> None:
    reader = document(plan(renamed((f"Search {symbol}",))))
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    kinds = [font.get_object() for font in fonts]

    assert f"Search {symbol}" in reader.pages[0].extract_text()
    assert all("Inter" in kind["/BaseFont"] for kind in kinds)
    assert all("/FontFile2" in kind["/DescendantFonts"][0].get_object()["/FontDescriptor"] for kind in kinds)


def test_a_decision_is_dated() -> None:
    decided = msgspec.structs.replace(PLANS["ordinary"], decision="approved", decided_by="ana", decided_at=NOW)

    assert "Approved by Ana Ruiz, Nov 23, 2026, 12:00:00 PM." in text_of(decided)


def test_very_much_still_is_one_page_and_says_where_the_rest_is() -> None:
    split = seeding.split()
    crowd = [msgspec.structs.replace(split.lines[0], channel=f"Channel {place} " + "x" * 60) for place in range(30)]
    curves = [msgspec.structs.replace(split.curves[0], channel=line.channel) for line in crowd]
    crowded: DistributionPlan = msgspec.structs.replace(split, lines=crowd, curves=curves)
    made = plan(crowded, title="A very long title " * 12, partial=True)
    assert made.result is not None
    long = "This sentence goes on and on. " * 20
    result = msgspec.structs.replace(
        made.result, warnings=[long] * 9, missing=[long] * 9, confidence_drivers=[long] * 9
    )
    page = text_of(msgspec.structs.replace(made, result=result))

    assert "20 more channels are in the workbook." in page
    assert page.endswith("Nothing is decided by this page.")
    assert 10 == page.count("Channel ") - page.count("Channel Now") - 3
    assert sorted_lines(crowded)[0].channel[:15] in page


def test_the_same_plan_gives_the_same_bytes_whenever_it_is_asked_for() -> None:
    later = replace(voice(), now=NOW + timedelta(days=3))
    first = plan_pdf(later, PLANS["ordinary"], decided_by="", record="")

    assert first == plan_pdf(voice(), PLANS["ordinary"], decided_by="", record="")
    assert NOW.replace(microsecond=0) - document(PLANS["ordinary"]).metadata.creation_date == timedelta(0)
