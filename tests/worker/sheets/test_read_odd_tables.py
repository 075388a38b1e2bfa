"""Tables that need more than a header: none at all, two at once, sales beside parts, millionths, unknown words."""

import random
from datetime import date
from decimal import Decimal

import pytest

from worker.sheets.reader import read
from worker.sheets.reading import Pins, UnreadableFile


def sums(text: str, name: str = "table.csv") -> dict[str, Decimal]:
    return {metric: value for metric, value in read(text.encode(), name).sums().items() if value is not None}


def headerless(rows: int = 40) -> str:
    numbers = random.Random(7)
    lines: list[str] = []
    for i in range(rows):
        clicks, spend = numbers.randint(100, 900), numbers.randint(9_000, 90_000) / 100
        impressions, orders = clicks * numbers.randint(11, 90) + i, numbers.randint(3, 60)
        rates = (spend / clicks, 100 * clicks / impressions, 1000 * spend / impressions, spend / orders)
        shown = ",".join(f"{rate:.2f}" for rate in rates)
        lines.append(f"Serum {i},{clicks},{impressions},{shown},{spend:.2f},{orders}")
    return "\n".join(lines)


def test_a_table_without_header_is_read_when_its_rates_confirm_it() -> None:
    text = headerless()

    rows = [line.split(",") for line in text.splitlines()]
    assert sums(text) == {
        "clicks": sum(Decimal(row[1]) for row in rows),
        "impressions": sum(Decimal(row[2]) for row in rows),
        "spend": sum(Decimal(row[7]) for row in rows),
        "conversions": sum(Decimal(row[8]) for row in rows),
    }


def test_numbers_without_header_that_nothing_confirms_are_not_guessed() -> None:
    numbers = random.Random(1)
    text = "\n".join(f"P{i}," + ",".join(str(numbers.randint(1, 9_999)) for _ in range(8)) for i in range(40))

    assert not read(text.encode(), "table.csv").is_campaign


def test_sales_of_all_channels_stay_beside_those_of_each() -> None:
    text = "date,channel,spend,revenue\n" + "".join(
        f"2026-01-{day:02d},(total),0,{900 + day}\n2026-01-{day:02d},search,{50 + day},{300 + day}\n"
        f"2026-01-{day:02d},tv,{70 + day},{200 + day}\n"
        for day in range(5, 12)
    )
    reading = read(text.encode(), "table.csv")

    assert set(reading.rows["channel"]) == {"(total)", "search", "tv"}
    assert reading.non_additive == ("revenue",)
    assert reading.sums()["spend"] == 952


def test_a_total_for_each_day_is_dropped() -> None:
    text = "date,channel,spend\n2026-01-05,search,10\n2026-01-05,tv,20\n2026-01-05,Total,30\n" * 1
    text += "2026-01-06,search,11\n2026-01-06,tv,21\n2026-01-06,Total,32\n"

    assert sums(text) == {"spend": 62}


def test_a_campaign_whose_name_begins_with_total_is_no_total() -> None:
    text = "Campaign,Ad group,Cost,Clicks\nTotal Wine,Red,10.5,1\nTotal Wine,White,20.5,2\nSpring,Rosé,5,3\n"

    assert sums(text) == {"spend": 36, "clicks": 6}


def test_millionths_become_units() -> None:
    header = "campaign.name,segments.date,metrics.cost_micros,metrics.clicks"
    text = f"{header}\nA,2026-01-05,1230000,3\nB,2026-01-06,500000,1\n"

    assert sums(text)["spend"] == Decimal("1.73")


def test_a_column_under_an_unknown_word_is_the_channel_when_its_cells_are_channels() -> None:
    text = "day,ext_service,cost,clicks\n2026-01-05,Facebook Ads,10,1\n2026-01-06,Google Ads,20,2\n"

    assert set(read(text.encode(), "table.csv").rows["channel"]) == {"Facebook Ads", "Google Ads"}


def test_amounts_that_can_be_read_in_two_ways_are_set_aside() -> None:
    text = "Campaign,Channel,Cost\nA,TV,1.200\nB,Radio,3.450\n"

    reading = read(text.encode(), "table.csv")

    assert reading.sums()["spend"] is None
    assert [cell.cell for cell in reading.quarantined] == ["C2", "C3"]
    assert read(text.encode(), "table.csv", Pins(decimal=",")).sums()["spend"] == 4650


def test_days_that_can_be_read_in_two_ways_are_set_aside_and_said() -> None:
    text = "Day,Campaign,Cost\n01/02/2026,A,10.5\n05/03/2026,B,20.5\n"

    reading = read(text.encode(), "table.csv")
    pinned = read(text.encode(), "table.csv", Pins(date_order="dmy"))

    assert reading.rows["date"].to_list() == [None, None]
    assert any("day first or month first" in warning for warning in reading.warnings)
    assert pinned.rows["date"].to_list() == [date(2026, 2, 1), date(2026, 3, 5)]


def test_daily_budgets_are_not_added_up() -> None:
    text = "Campaign,Budget,Budget type,Impr.,Cost\nA,10.00,Daily,100,250.5\nB,500.00,Campaign total,50,99.5\n"

    reading = read(text.encode(), "table.csv")

    assert reading.non_additive == ("budget",)
    assert reading.sums()["budget"] is None
    assert reading.rows["budget"].to_list() == [10, 500]


def test_an_export_without_rows_is_a_campaign_file_without_rows() -> None:
    text = '"Reporting starts","Campaign name","Impressions","Amount spent (USD)"\n"No data available."\n'

    reading = read(text.encode(), "export.csv")

    assert reading.is_campaign
    assert len(reading.rows) == 0
    assert [dropped.why for dropped in reading.dropped] == ["no data"]


@pytest.mark.parametrize(
    "text",
    [
        "Query,Clicks,Impressions,CTR,Position\nshed,10,100,10%,2.1\n",
        "order_id,date,revenue,utm_source,utm_campaign\n1,2026-01-05,899,meta,Lookalike\n2,2026-01-06,500,google,Brand\n",
        "Category,Cost,Date\nRent,1200,2026-01-05\nPower,80,2026-01-06\n",
        "campaign_id,campaign_name,start_date,end_date,owner\nC1,Retention,2026-01-05,2026-02-05,Ops\n",
        "Keyword,Volume,CPC,Difficulty\nshed,100,0.84,12\n",
        "Deal,Source,Amount,Stage\nAcme,LinkedIn,5000,Won\nBolt,Referral,900,Lost\n",
        "cf_id,goal,pledged,currency,launched\n1,1000,1400,USD,2026-01-05\n",
        "Service,Type,Cost,Start date\nFilms,Video,10,2026-01-01\nMusic,Audio,10,2026-01-01\n",
        "Project,Owner,Budget,Actual cost,Start date\nAlpha,Ann,1000,900,2026-01-01\nBeta,Bob,500,650,2026-02-01\n",
        "Item Type,Sales Channel,Order Date,Units Sold,Total Revenue,Total Cost\nCereal,Online,5/28/2010,9,25.5,15.9\n",
        "Campaign,Donor,Amount,Date\nSmith,Ann,50,2026-01-01\nSmith,Bob,25,2026-01-02\n",
        "Category,Product,Jan 2026,Feb 2026,Mar 2026\nBikes,A,10,20,30\nBikes,B,1,2,3\n",
        "Month,Channel,Target spend,Target leads\n2026-01,Search,1000,50\n2026-02,Social,2000,60\n",
    ],
    ids=[
        "search console",
        "orders",
        "expenses",
        "call centre",
        "keywords",
        "pipeline",
        "crowdfunding",
        "subscriptions",
        "projects",
        "sales by channel",
        "donations",
        "sales budget",
        "targets",
    ],
)
def test_other_tables_are_no_campaign_files(text: str) -> None:
    assert not read(text.encode(), "campaign report.csv").is_campaign


def test_random_bytes_never_break_the_reader() -> None:
    source = random.Random(3)
    starts = [b"", b"PK\x03\x04", b"\xff\xfe", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xef\xbb\xbf", b"Campaign,Cost\n"]
    refused: list[UnreadableFile] = []
    for _ in range(400):
        data = source.choice(starts) + source.randbytes(source.randint(0, 600))
        try:
            reading = read(data, "file.csv")
        except UnreadableFile as error:
            refused.append(error)
        else:
            assert len(reading.rows) <= data.count(b"\n") + data.count(b"\r") + 1
    assert len(refused) > 50
    assert all(str(error).endswith(".") for error in refused)


def test_random_tables_never_break_the_reader() -> None:
    source = random.Random(5)
    cells = ["Campaign", "Cost", "Total", "", "--", "1,234.5", "1.234,56", "12/03/2026", "€ 3", "#REF!", "Clicks", "TV",
             "Jan 2026", "Spend TV", "5%", "nan", "inf", "1e400", "9" * 60, "2026-W60",
             "32.13.2026", '"', "²", "😀"]  # fmt: skip
    for _ in range(300):
        rows = [[source.choice(cells) for _ in range(source.randint(0, 9))] for _ in range(source.randint(1, 20))]
        rows.insert(0, source.sample(["Campaign", "Cost", "Clicks", "Day", "Channel", "Budget", "Spend TV"], 4))
        text = "\n".join(",".join(row) for row in rows)

        reading = read(text.encode(), "table.csv")

        numbers = reading.rows["spend"].drop_nulls()
        assert reading.sums()["spend"] == (numbers.sum() if len(numbers) else None) or "spend" in reading.non_additive


def test_two_tables_side_by_side_are_read_as_two() -> None:
    text = (
        "Campaign,Cost,Clicks,,Channel,Cost,Impressions\nA,10.5,1,,TV,100.25,9000\nB,20.5,2,,Radio,50.25,4000\n"
        "Total,31,3,,Total,150.5,13000\n"
    )
    reading = read(text.encode(), "table.csv")

    assert [table.tab for table in reading.tables] == ["columns A to C", "columns E to G"]
    assert reading.sums()["spend"] == Decimal("181.5")
    assert reading.sums()["impressions"] == 13000


def test_a_cut_of_the_same_money_beside_a_table_counts_once() -> None:
    text = "Campaign,Cost,Clicks,,Channel,Cost,Clicks\nA,10.5,1,,TV,21,2\nB,20.5,2,,Radio,10,1\n"

    assert sums(text) == {"spend": 31, "clicks": 3}


def test_two_tables_below_each_other_are_read_as_two() -> None:
    text = (
        "Search,,\nCampaign,Cost,Clicks\nA,10.5,1\nB,20.5,2\n\n"
        "Campaign,Impressions,Cost\nC,9000,100.25\nD,#REF!,50.25\n"
    )
    reading = read(text.encode(), "table.csv")

    assert reading.sums()["spend"] == Decimal("181.5")
    assert reading.rows["row"].to_list() == [3, 4, 7, 8]
    assert [cell.cell for cell in reading.quarantined] == ["B8"]


def test_a_header_repeated_below_a_blank_row_continues_the_table() -> None:
    text = "Campaign,Cost,Clicks\nA,10.5,1\n\nCampaign,Cost,Clicks\nB,20.5,2\n"

    assert sums(text) == {"spend": 31, "clicks": 3}


def test_two_columns_of_one_name_are_said() -> None:
    text = "Campaign,Cost,Cost,Clicks\nA,10.5,12.5,1\nB,20.5,24.5,2\n"

    reading = read(text.encode(), "table.csv")

    assert reading.sums()["spend"] == 31
    assert reading.warnings == ("Two columns are called “Cost” and differ; B is read, C is not.",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tiktok-kosten.csv", True),
        ("Google Ads 2026.csv", True),
        ("google cloud.csv", False),
        ("amazon orders.csv", False),
        ("export.csv", False),
    ],
)
def test_days_and_costs_alone_need_the_name_of_a_platform(name: str, expected: bool) -> None:
    reading = read(b"Date;Cost\n2026-01-05;10,50\n2026-01-06;11,50\n2026-01-07;12,00\n", name)

    assert reading.is_campaign is expected
    assert reading.sums()["spend"] == (34 if expected else None)


def test_costs_beside_a_column_that_nobody_knows_are_no_costs_of_a_platform() -> None:
    text = b"Date,Ticket,Cost\n2026-01-05,A1,10.5\n2026-01-06,A2,11.5\n"

    assert not read(text, "facebook ads support.csv").is_campaign


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Date,Cost", "Name a platform in the file’s name, or decide that it is a campaign file."),
        ("Start date,Ad server impressions", "It lists what a publisher sells"),
    ],
)
def test_a_refusal_says_what_is_missing(header: str, said: str) -> None:
    reading = read(f"{header}\n2026-01-01,10\n2026-01-02,20\n".encode(), "list.csv")

    assert not reading.is_campaign
    assert any(said in reason for reason in reading.reasons)


def test_the_name_of_a_file_may_say_that_days_and_costs_are_for_marketing() -> None:
    data = b"Date,Cost\n2026-01-01,10\n2026-01-02,20\n"

    assert read(data, "marketing_june.csv").is_campaign
    assert not read(data, "june.csv").is_campaign


def test_a_currency_above_the_table_says_whose_dollar_it_is() -> None:
    text = "Amounts in CAD\nCampaign,Cost,Clicks\nHarbor,$10.50,1\nMeadow,$12.25,2\n"

    assert read(text.encode(), "table.csv").currency == "CAD"
