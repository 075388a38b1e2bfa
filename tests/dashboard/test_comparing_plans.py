"""Two plans side by side: what differs, and no winner where the ranges overlap."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard.plans.plan_charts import two_splits
from dashboard.views.compare import compare_view
from dashboard.voice import voice_of
from events.plan import Estimate, GroupLimit, Limit
from projections.plans import Plan
from tests.dashboard import seeding
from tests.dashboard.seeding import ACME, FAILED, PARTIAL, READY, VERA

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]
State = Callable[[str], Engine]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VOICE = voice_of("en", "EUR", NOW)


def plan(title: str, brief: dict[str, Any] | None = None, **split: Any) -> Plan:
    made = msgspec.structs.replace(seeding.split(), **split)
    asked = msgspec.structs.replace(seeding.brief(title), **(brief or {}))
    return Plan(
        workspace=ACME,
        campaign_id=title,
        brief=asked,
        status="ready",
        requested_by="pia",
        requested_at=NOW,
        result=msgspec.structs.replace(seeding.result(), distribution_plan=made),
        position=1,
    )


def test_overlapping_ranges_have_no_winner() -> None:
    other = plan("Bold", expected=Estimate(mean=410_000, low=390_000, high=440_000))

    view = compare_view(VOICE, plan("Calm"), other, better=0.62)

    assert (
        "The ranges overlap: no clear winner. On the same curves, Bold brings more in 62% of the cases." == view.verdict
    )
    assert "" == view.caution


def test_a_clear_winner_is_named() -> None:
    other = plan("Bold", expected=Estimate(mean=500_000, low=480_000, high=520_000))

    assert compare_view(VOICE, plan("Calm"), other).verdict.startswith("Bold is expected to bring more")
    assert compare_view(VOICE, other, plan("Calm")).verdict.startswith("Bold is expected to bring more")


@pytest.mark.parametrize(
    ("split", "words"),
    [({"expected": None}, "promises no result"), ({"response": "conversions"}, "count different results")],
)
def test_what_does_not_compare_is_said(split: dict[str, Any], words: str) -> None:
    assert words in compare_view(VOICE, plan("Calm"), plan("Bold", **split)).verdict


def test_different_periods_and_budgets_are_flagged() -> None:
    other = plan("Bold", {"end": date(2027, 6, 30)}, spent=Decimal(200_000))

    assert "different periods" in compare_view(VOICE, plan("Calm"), other).verdict
    assert "spend different amounts" in compare_view(VOICE, plan("Calm"), other).caution


def test_only_what_was_asked_differently_is_listed() -> None:
    limits = {"TV": Limit(at_least=Decimal(100), at_most=Decimal(900)), "Email": Limit(locked=True)}
    groups = [GroupLimit(name="Social", channels=["Meta", "TikTok"], at_most=Decimal(5000))]
    other = plan("Bold", {"goal": "target_cpa", "target": Decimal("12.5"), "limits": limits, "groups": groups})

    rows = {row["What"]: (row["Calm"], row["Bold"]) for row in compare_view(VOICE, plan("Calm"), other).brief}

    assert ("Get the most from a budget", "Stay below a cost per conversion: €12.50") == rows["Goal"]
    assert ("–", "At least €100, At most €900") == rows["Limit of TV"]
    assert ("–", "Keep as is") == rows["Limit of Email"]
    assert ("–", "At most €5,000") == rows["Limit of Social"]
    assert 4 == len(rows)


def test_channels_of_either_plan_are_set_side_by_side() -> None:
    lines = [line for line in seeding.split().lines if line.channel != "Email"]
    changed = [msgspec.structs.replace(line, amount=line.amount + 500) for line in lines]

    view = compare_view(VOICE, plan("Calm"), plan("Bold", lines=changed))

    rows = {row["Channel"]: row["Difference"].replace("\u2060", "") for row in view.channels}
    assert {"Search": "+€500", "Social": "+€500", "Video": "+€500", "Display": "+€500", "Email": "-€4,102"} == rows
    chart = two_splits(VOICE, view.titles, seeding.split(), msgspec.structs.replace(seeding.split(), lines=changed))
    assert "Email €4,102 to €0" in chart.alt


def test_findings_of_only_one_plan_are_told_apart() -> None:
    shorter = plan("Bold")
    assert shorter.result is not None
    shorter = msgspec.structs.replace(
        shorter, result=msgspec.structs.replace(shorter.result, insights=shorter.result.insights[:1])
    )

    only, nothing = compare_view(VOICE, plan("Calm"), shorter).findings

    assert ([True], []) == (["Display is past its best point" in said for said in only], nothing)


def test_plans_of_one_name_are_told_apart() -> None:
    later = msgspec.structs.replace(plan("Calm"), requested_at=NOW.replace(hour=13), campaign_id="x")

    one, other = compare_view(VOICE, plan("Calm"), later).titles

    assert one != other


def test_the_page_compares_what_the_address_names(state: State, open_page: OpenPage, read: Read) -> None:
    page = open_page(state("normal"), "plans", user=VERA, workspace=ACME, **{"plan": READY, "with": PARTIAL})

    assert "Compare two plans" in read(page)
    assert "The ranges overlap: no clear winner." in read(page)
    assert "Both were asked for in the same way." in read(page)


@pytest.mark.parametrize(("other", "words"), [("gone", "Choose two plans above"), (READY, "This is one plan twice.")])
def test_a_comparison_with_nothing_says_what_to_do(
    state: State, open_page: OpenPage, read: Read, other: str, words: str
) -> None:
    assert words in read(
        open_page(state("normal"), "plans", user=VERA, workspace=ACME, **{"plan": READY, "with": other})
    )


def test_a_plan_that_failed_is_no_choice(state: State, open_page: OpenPage) -> None:
    app = open_page(state("normal"), "plans", user=VERA, workspace=ACME, **{"plan": READY, "with": FAILED})

    assert 2 == len([box for box in app.selectbox if box.label in {"One plan", "The other"}])
    assert not any("Summer test" in option for box in app.selectbox for option in box.options)
