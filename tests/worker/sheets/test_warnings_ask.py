"""Where a table can be meant in two ways and every amount can be kept, a warning asks."""

import pytest

from dashboard.words.reading import is_known
from worker.sheets.reader import read

TWICE = (
    "Date,Campaign,Spend,Clicks\n" + 2 * "2026-06-01,Harbor,10.5,1\n2026-06-02,Harbor,20,3\n2026-06-03,Harbor,21,4\n"
)
MICROS = "Campaign,Cost,Clicks\nHarbor,12340000,10\nMeadow,35120000,22\nForest,9870000,12\n"
THOUSANDS = "Campaign,Cost,CPM,Impressions\nHarbor,10,5,2\nMeadow,30,10,3\nForest,60,10,6\n"
HARBOR = "Harbor,,40\nHarbor,Piers,12\nHarbor,Boats,19\n"
LEVELS = f"Campaign,Ad group,Cost\n{HARBOR}Meadow,,70\nMeadow,Bees,30\nMeadow,Clover,35\n"
COLUMNS = "Campaign,Cost,Total Cost,Clicks\nHarbor,10,11,1\nMeadow,20,22,2\n"
NET = "Channel,Gross cost,Discount,Cost after discount,Clicks\nTV,100,10%,90,4\nRadio,50,20%,40,5\n"
BETWEEN = "Week,TV,Radio,Weather,Print,Revenue\n" + "".join(
    f"2026-01-{day:02d},400.5,120.1,{day}.5,380.2,4000\n" for day in (5, 12, 19)
)
FORECASTS = "Campaign,Type,Spend,Clicks\nHarbor,Plan,100,10\nHarbor,Actual,90,9\n"
LOST_ZEROS = "Campaign;Cost;Clicks\nHarbor;1.482;12\nMeadow;2.07;14\nForest;1.755;11\n"
PAGES = "Landing page,Cost,Impr.,Clicks\n/harbor,10,40,4\n/meadow,12,50,5\n/forest,9,30,3\nTotal,31,70,12\n"
SALES = "Date,Channel,Spend,Sales\n2026-06-01,Search,10.5,12\n2026-06-02,Search,20,31\n"
RESULTS = "Campaign,Amount spent,Results,Result type\nHarbor,10,4,Purchases\nMeadow,12,5,Leads\n"
EVEN = "Month,Campaign,Budget\n" + "".join(
    f"2026-{month:02d}-01,{name},{budget}\n" for month in (1, 2, 3) for name, budget in (("Harbor", 40), ("Meadow", 25))
)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (TWICE, "delete one if the export was pasted twice"),
        (MICROS, "look like millionths"),
        (THOUSANDS, "Check the unit"),
        (LEVELS, "they may add them up"),
        (COLUMNS, "Choose the other column if it counts"),
        (PAGES, "own total of impressions is 70, and its rows add up to 120"),
        (SALES, "“Sales” is read as revenue. Choose conversions"),
        (RESULTS, "different things that are added up: Purchases, Leads"),
        (EVEN, "same budget on all its dates"),
        (LOST_ZEROS, "thousands that lost their last zeros"),
        (NET, "“Cost after discount” is read, and “Gross cost”, which differs, is not"),
        (BETWEEN, "“Weather” stands between channels and is not read"),
        (FORECASTS, "what they expect it to deliver is not counted"),
    ],
)
def test_a_warning_asks_in_every_language(text: str, asked: str) -> None:
    warnings = read(text.encode(), "table.csv").warnings

    assert any(asked in warning for warning in warnings), warnings
    assert all(map(is_known, warnings))


def test_a_plain_table_asks_nothing() -> None:
    text = "Date,Campaign,Spend,Clicks\n2026-06-01,Harbor,10.5,1\n2026-06-02,Harbor,20,3\n"

    assert read(text.encode(), "table.csv").warnings == ()
