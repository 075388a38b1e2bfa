"""Whatever meaning people give to one column, the reader takes it, or says in words that it does not fit."""

import pytest

from events.campaign_file import FilePins
from worker.sheets.reading import DIMENSIONS, METRICS
from worker.sync import pinned
from worker.sync.pinned import PinsDoNotFit

MEANINGS = (*DIMENSIONS, "date", "start_date", "end_date", *METRICS, "currency", "other")
DAILY = "Day,Channel,Cost,Budget,Clicks,Note\n" + "".join(
    f"2026-01-{day:02d},Search,{day}.50,{day}.00,{day + 5},x\n" for day in range(5, 25)
)
PLAN = "Campaign,Channel,Net cost,Est. impressions,Est. clicks,Start date,End date\n" + "".join(
    f"Spring,Search,{day}.50,1000,50,2026-01-{day:02d},2026-01-{day + 5:02d}\n" for day in range(1, 12)
)
WIDE = "Week,Search Spend,Social Spend,Revenue\n" + "".join(
    f"2026-01-{day:02d},{day}.10,{day}.20,{day * 9}\n" for day in range(5, 25)
)


@pytest.mark.parametrize("field", MEANINGS)
@pytest.mark.parametrize("text", [DAILY, PLAN, WIDE], ids=["daily", "plan", "wide"])
def test_one_pin_is_always_obeyed(text: str, field: str) -> None:
    for header in text.partition("\n")[0].split(","):
        reading = pinned.read(text.encode(), "table.csv", FilePins(columns={header: field}))

        found = {column.header: column.field for table in reading.tables for column in table.columns}
        assert found[header].partition("@")[0] == field


def test_two_pins_for_one_meaning_are_refused_by_name() -> None:
    with pytest.raises(PinsDoNotFit, match="“spend” for the column “Clicks”") as refused:
        pinned.read(DAILY.encode(), "table.csv", FilePins(columns={"Cost": "spend", "Clicks": "spend"}))

    assert ("pins_conflict", {"header": "Clicks", "field": "spend"}) == (refused.value.code, refused.value.details)


def test_a_column_without_a_name_of_its_own_is_pinned_by_its_letters() -> None:
    twins = DAILY.replace("Budget", "Cost")

    reading = pinned.read(twins.encode(), "table.csv", FilePins(columns={"D": "spend", "C": "other"}))

    assert 290 == reading.sums()["spend"]
