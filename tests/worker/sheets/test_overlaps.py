"""The same money in two files is found, and the file that says more counts."""

from worker.sheets.overlaps import Overlap, find
from worker.sheets.reader import read

DAILY = "Day,Campaign,Cost,Clicks\n" + "".join(
    f"2026-01-{day:02d},{name},{cost + day / 100:.2f},{day + 5}\n"
    for day in range(5, 25)
    for name, cost in (("Brand", 10), ("Generic", 30))
)


def overlaps(**files: str) -> list[Overlap]:
    return find({name: read(text.encode(), f"{name}.csv") for name, text in files.items()})


def test_the_same_money_by_day_and_by_campaign_is_one_money() -> None:
    by_campaign = "Campaign,Cost,Clicks\nBrand,202.90,390\nGeneric,602.90,390\n"

    found = overlaps(summary=by_campaign, daily=DAILY)

    assert [(overlap.counts, overlap.repeats) for overlap in found] == [("daily", "summary")]


def test_a_longer_export_contains_a_shorter_one() -> None:
    header, *lines = DAILY.splitlines(keepends=True)

    found = overlaps(january=header + "".join(lines[:12]), all=DAILY)

    assert [(overlap.counts, overlap.repeats, overlap.share) for overlap in found] == [("all", "january", 1.0)]


def test_other_money_of_the_same_campaigns_is_no_overlap() -> None:
    other = DAILY.replace("2026-01", "2026-02").replace("Brand,1", "Brand,7")

    assert overlaps(january=DAILY, february=other) == []


def test_a_plan_and_its_actuals_are_no_overlap() -> None:
    plan = "Campaign,Channel,Budget,Start date,End date\nBrand,Search,202.90,2026-01-05,2026-01-24\n"

    assert overlaps(plan=plan, daily=DAILY) == []


def test_currencies_are_not_mixed_up() -> None:
    assert overlaps(euro=DAILY.replace("Cost", "Cost (EUR)"), dollar=DAILY.replace("Cost", "Cost (USD)")) == []
