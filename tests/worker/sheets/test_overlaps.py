"""The same money in two files is found, and the file that says more counts. Other money never is."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from worker.sheets.overlaps import Money, Overlap, between
from worker.sheets.reader import read

DAILY = "Day,Campaign,Cost,Clicks\n" + "".join(
    f"2026-01-{day:02d},{name},{cost + day / 100:.2f},{day + 5}\n"
    for day in range(5, 25)
    for name, cost in (("Brand", 10), ("Generic", 30))
)
HEADER, *LINES = DAILY.splitlines(keepends=True)


def money(file_id: str, text: str, metric: str = "spend") -> Money:
    """Read a file and add it up as its stored rows are."""
    reading = read(text.encode(), f"{file_id}.csv")
    sums = {name: total for name, total in reading.sums().items() if total is not None}
    rows = reading.rows.with_columns(day=pl.coalesce("date", "start_date"))
    days = [day for day in rows["day"].to_list() if isinstance(day, date)]
    lines = rows.group_by("campaign", "channel", "day").agg(amount=pl.col(metric).sum(), rows=pl.len().cast(pl.Int64))
    others = {name: total for name, total in sums.items() if name != metric}
    period = (min(days), max(days)) if days else None
    return Money(file_id, reading.currency, sums.get(metric, Decimal(0)), others, period, lines)


def overlap(known: str, new: str, metric: str = "spend") -> Overlap | None:
    return between(money("known", known, metric), money("new", new, metric))


def test_the_same_money_by_day_and_by_campaign_is_one_money_and_days_count() -> None:
    by_campaign = "Campaign,Cost,Clicks\nBrand,202.90,390\nGeneric,602.90,390\n"

    found = overlap(by_campaign, DAILY)

    assert found == Overlap("new", "known", Decimal("805.80"), "same_total", "more_detail")
    assert (again := overlap(DAILY, by_campaign)) is not None
    assert (again.counts, again.why) == ("known", "more_detail")


def test_of_an_export_and_its_copy_the_first_counts() -> None:
    found = overlap(DAILY, HEADER + "".join(reversed(LINES)))

    assert found is not None
    assert (found.counts, found.why) == ("known", "first")


def test_a_cut_by_device_is_the_same_money() -> None:
    devices = "Day,Campaign,Device,Cost,Clicks\n" + "".join(
        f"{day},{name},{device},{share},{clicks}\n"
        for line in LINES
        for day, name, cost, total in [line.strip().split(",")]
        for device, share, clicks in (
            ("Mobile", "4.00", "2"),
            ("Desktop", f"{float(cost) - 4:.2f}", str(int(total) - 2)),
        )
    )

    found = overlap(DAILY, devices)

    assert found is not None
    assert found.how == "same_total"


def test_a_longer_export_contains_a_shorter_one() -> None:
    found = overlap(HEADER + "".join(LINES[:12]), DAILY)

    assert found is not None
    assert (found.counts, found.how, found.why) == ("new", "same_lines", "longer")


PLAN = "Campaign,Channel,Budget,Start date,End date\n"
OTHERS = {
    "a later period": DAILY.replace("2026-01", "2026-02"),
    "another campaign with the same numbers": DAILY.replace("Brand", "Autumn"),
    "one amount more than a cent apart": DAILY.replace("10.05", "12.05"),
    "half of it": HEADER + "".join(LINES[:20]) + "".join(LINES[20:]).replace(",10.", ",99."),
    "other clicks": "Campaign,Cost,Clicks\nBrand,202.90,200\nGeneric,602.90,390\n",
    "another currency": DAILY.replace("Cost", "Cost (USD)"),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_other_money_is_never_the_same(other: str) -> None:
    known = DAILY.replace("Cost", "Cost (EUR)") if "USD" in other else DAILY

    assert overlap(known, other) is None


def test_round_budgets_that_agree_by_chance_are_two_moneys() -> None:
    spring = PLAN + "Spring,Search,5000,2026-03-01,2026-03-31\nSpring,Social,5000,2026-04-01,2026-04-30\n"
    more = spring + "Spring,Video,5000,2026-03-01,2026-03-31\n"

    assert overlap(spring, more, "budget") is None
    assert overlap(spring, spring, "budget") is None


def test_days_that_tell_other_amounts_contradict_equal_totals() -> None:
    one = "Day,Cost\n" + "".join(f"2026-01-{day:02d},{day}.10\n" for day in range(1, 11))
    turned = "Day,Cost\n" + "".join(f"2026-01-{day:02d},{11 - day}.10\n" for day in range(1, 11))

    assert (
        overlap("Campaign," + one.replace("\n2026", "\nA,2026"), "Campaign," + turned.replace("\n2026", "\nA,2026"))
        is None
    )
