"""The reader on small files of the kinds that marketers keep."""

from decimal import Decimal

from worker.sheets.reader import read

GOOGLE = """Campaign report
"July 1, 2025 - July 31, 2025"
Campaign status,Campaign,Currency code,Impr.,Clicks,CTR,Cost,Conversions
Enabled,Brand,EUR,"25,881",127,0.49%,"1,661.67",3.00
Paused,Generic,EUR,"20,287",34,0.17%,904.26,15.00
Total: Campaigns, --,EUR,"46,168",161,0.35%,"2,565.93",18.00
Total: Account, --,EUR,"46,168",161,0.35%,"2,565.93",18.00
"""


def test_a_platform_export_is_read_without_its_totals() -> None:
    reading = read(GOOGLE.encode(), "export.csv")

    assert reading.is_campaign
    assert reading.sums()["spend"] == Decimal("2565.93")
    assert reading.sums()["impressions"] == 46168
    assert len(reading.rows) == 2
    assert [dropped.why for dropped in reading.dropped] == ["total", "total"]
    assert reading.currency == "EUR"
    assert set(reading.rows["channel"]) == {"Google Ads"}
