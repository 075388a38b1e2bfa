"""Tables with a row for each campaign and metric are read as if they had a column for each metric."""

from collections.abc import Callable
from decimal import Decimal

from worker.sheets.reader import read

LISTED = """Notes of June
Channel,KPI,Unit,Value
Search,Cost,EUR,100.5
Search,Impressions,number,1000
Search,CTR,percent,1.2
Social,Cost,EUR,pending
Social,Impressions,number,900
Total,Cost,EUR,100.5
Total,Impressions,number,1900
"""


def test_every_cell_keeps_its_place_in_the_sheet() -> None:
    reading = read(LISTED.encode(), "listed.csv")

    assert reading.is_campaign
    assert {m: v for m, v in reading.sums().items() if v is not None} == {
        "spend": Decimal("100.5"), "impressions": Decimal(1900),
    }  # fmt: skip
    assert reading.rows["row"].to_list() == [3, 6]
    assert [(cell.cell, cell.raw) for cell in reading.quarantined] == [("D6", "pending")]
    assert [(row.row, row.why) for row in reading.dropped] == [(8, "total")]
    assert (reading.tables[0].header_rows, reading.tables[0].first_data_row) == ((2,), 3)


def test_a_name_that_stands_only_above_its_metrics_belongs_to_all_of_them(xlsx: Callable[..., bytes]) -> None:
    rows = [["Campaign", "Metric", "Value"],
            ["Harbor", "Spend", 31.5], [None, "Clicks", 13], [None, "Impressions", 1800],
            ["Meadow", "Spend", 65], [None, "Clicks", 28], [None, "Impressions", 3500]]  # fmt: skip

    reading = read(xlsx({"Results": rows}), "results.xlsx")

    assert reading.rows.select("campaign", "spend", "clicks").rows() == [
        ("Harbor", Decimal("31.5"), Decimal(13)), ("Meadow", Decimal(65), Decimal(28)),
    ]  # fmt: skip


def test_columns_of_months_beside_the_metrics_become_rows() -> None:
    months = "Kanal;Kennzahl;Jan 2026;Feb 2026\n"
    text = months + "Suche;Kosten;1.100,50;10\nSuche;Klicks;11;1\nSocial;Kosten;20;\nSocial;Klicks;2;\n"

    reading = read(text.encode(), "monate.csv")

    found = reading.rows.select("channel", "date", "spend", "clicks").rows()
    assert [(channel, f"{day}", spend, clicks) for channel, day, spend, clicks in found] == [
        ("Suche", "2026-01-01", Decimal("1100.5"), Decimal(11)),
        ("Suche", "2026-02-01", Decimal(10), Decimal(1)),
        ("Social", "2026-01-01", Decimal(20), Decimal(2)),
    ]


def test_other_lists_of_measures_are_no_campaigns() -> None:
    text = "Plant,Metric,Value\nNorth,Cost,100\nNorth,Output,1000\nSouth,Cost,10\nSouth,Output,90\n"

    assert not read(text.encode(), "plants.csv").is_campaign
