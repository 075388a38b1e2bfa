"""Exports of the advertising platforms, each with the manners of the real one: preambles, totals, dashes, encodings."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from worker.google_drive.sandbox.accounts import INES, MARA
from worker.google_drive.sandbox.samples_format import CSV, XLSX, Cell, SampleFile, Tab, csv_text, xlsx_bytes
from worker.google_drive.sandbox.samples_history import ChannelWeek
from worker.google_drive.sandbox.samples_lines import CENT, Line, daily_lines, sums, weekly_lines

Weeks = Mapping[str, list[ChannelWeek]]

OWNER = MARA.email
COLLEAGUE = INES.email
AGENCY = "jonas@northlight-media.example"

_ALL = ("spend", "impressions", "clicks", "conversions", "revenue")
_SEARCH = {"Brand | Search | EU": 0.22, "Generic | Tents & Packs | EU": 0.48, "Competitor | Search | EU": 0.30}
_VIDEO = {"Video | Autumn Trails": 0.55, "Video | How-to series": 0.45}
_META = {"Prospecting - Broad": 0.46, "Prospecting - Lookalike 2%": 0.31, "Retargeting - 30 days": 0.23}
_LINKEDIN = {"Corporate gear - HR leads": 0.6, "Corporate gear - Office managers": 0.4}
_TIKTOK = {"TT_Spark_Creators": 0.62, "TT_Catalog_Sales": 0.38}
_AFFILIATE = {"Gutschein-Partner": 0.35, "Preisvergleich": 0.4, "Blogs & Ratgeber (Höhenluft)": 0.25}

_GOOGLE_COLUMNS = (
    "Week",
    "Campaign state",
    "Campaign",
    "Campaign type",
    "Currency code",
    "Cost",
    "Impr.",
    "Clicks",
    "CTR",
    "Avg. CPC",
    "Conversions",
    "Conv. value",
    "Search impr. share",
)
_META_COLUMNS = (
    "Reporting starts",
    "Reporting ends",
    "Campaign name",
    "Campaign delivery",
    "Attribution setting",
    "Result indicator",
    "Results",
    "Impressions",
    "Amount spent (EUR)",
    "CPM (cost per 1,000 impressions) (EUR)",
    "Link clicks",
    "CTR (link click-through rate)",
    "Purchases conversion value",
)
_LINKEDIN_COLUMNS = (
    "Start Date (in UTC)",
    "Account Name",
    "Currency",
    "Campaign Group Name",
    "Campaign Name",
    "Campaign Status",
    "Total Spent",
    "Impressions",
    "Clicks",
    "Click Through Rate",
    "Average CPC",
    "Leads",
    "Total Conversion Value",
)
_TIKTOK_COLUMNS = (
    "Campaign name",
    "By Day",
    "Currency",
    "Cost",
    "Impressions",
    "Clicks (destination)",
    "CTR (destination)",
    "Conversions",
    "Total purchase value",
)
_AFFILIATE_COLUMNS = (
    "Woche ab",
    "Kanal",
    "Kampagne",
    "Kosten (EUR)",
    "Impressionen",
    "Klicks",
    "Bestellungen",
    "Umsatz (EUR)",
)


def google_ads(weeks: Weeks, now: datetime, random: Random) -> SampleFile:
    """Write a campaign report by week: two lines before the header, total lines after the last row."""
    search = weekly_lines(weeks["Google Search"], _SEARCH, random)
    video = weekly_lines(weeks["YouTube"], _VIDEO, random)
    lines = sorted(search + video, key=lambda line: line.start)
    kinds = dict.fromkeys(_SEARCH, "Search") | dict.fromkeys(_VIDEO, "Video")
    rows: list[list[Cell]] = [
        ["Campaign performance by week"],
        [f"{lines[0].start:%B} {lines[0].start.day}, {lines[0].start.year} - {_us_long(lines[-1])}"],
        list(_GOOGLE_COLUMNS),
        *(_google_row(line, kinds[line.campaign], random) for line in lines),
        _google_total("Total: Campaigns", lines),
        _google_total("Total: Search", search),
        _google_total("Total: Video", video),
        _google_total("Total: Account", lines),
    ]
    return SampleFile(
        "Campaign report - Halden Outdoor.csv",
        CSV,
        csv_text(rows).encode(),
        "Marketing/Performance/Google Ads",
        OWNER,
        now - timedelta(hours=3),
        expected_sums=sums(lines, _ALL),
        expected_rows=len(lines),
    )


def meta_ads(weeks: Weeks, now: datetime, random: Random) -> SampleFile:
    """Write an Ads Manager export: the account's total stands in the first row, without a name."""
    lines = weekly_lines(weeks["Meta"], _META, random)
    whole = sums(lines, _ALL)
    total: list[Cell] = [lines[0].start, lines[-1].end, "", "", "Multiple attribution settings", ""]
    total += [whole["conversions"], whole["impressions"], whole["spend"], "", whole["clicks"], "", whole["revenue"]]
    rows = [_META_COLUMNS, total, *(_meta_row(line) for line in lines)]
    return SampleFile(
        "Halden-Outdoor-Campaigns.csv",
        CSV,
        b"\xef\xbb\xbf" + csv_text(rows, newline="\r\n").encode(),
        "Marketing/Performance/Meta",
        OWNER,
        now - timedelta(hours=5),
        expected_sums=whole,
        expected_rows=len(lines),
    )


def linkedin(weeks: Weeks, now: datetime, random: Random) -> SampleFile:
    """Write a Campaign Manager export: UTF-16, separated by tabs, named .csv, five lines before the header."""
    lines = weekly_lines(weeks["LinkedIn"], _LINKEDIN, random)
    rows: list[list[Cell]] = [
        ["Campaign Performance Report (in UTC)"],
        [f"Report Start: {_us(lines[0].start)}, 12:00 AM"],
        [f"Report End: {_us(lines[-1].end)}, 11:59 PM"],
        [f"Date Generated: {_us(now)}, 7:12 AM"],
        [],
        list(_LINKEDIN_COLUMNS),
        *(_linkedin_row(line) for line in lines),
    ]
    return SampleFile(
        "account_halden_campaign_performance_report.csv",
        CSV,
        b"\xff\xfe" + csv_text(rows, separator="\t", newline="\r\n").encode("utf-16-le"),
        "Marketing/Performance/LinkedIn",
        COLLEAGUE,
        now - timedelta(hours=9),
        expected_sums=sums(lines, _ALL),
        expected_rows=len(lines),
    )


def tiktok(weeks: Weeks, now: datetime, random: Random) -> SampleFile:
    """Write a day-by-day report as XLSX with a closing line that counts the results."""
    lines = daily_lines(weeks["TikTok"], _TIKTOK, random)
    whole = sums(lines, _ALL)
    total: list[Cell] = [f"Total of {len(lines)} results", "-", "EUR", whole["spend"], whole["impressions"]]
    total += [whole["clicks"], "", whole["conversions"], whole["revenue"]]
    rows = [_TIKTOK_COLUMNS, *(_tiktok_row(line) for line in lines), total]
    return SampleFile(
        "TikTok Ads daily report.xlsx",
        XLSX,
        xlsx_bytes([Tab("Sheet1", rows)]),
        "Reports/TikTok",
        COLLEAGUE,
        now - timedelta(hours=7),
        drive="Marketing",
        expected_sums=whole,
        expected_rows=len(lines),
    )


def affiliate(weeks: Weeks, now: datetime, random: Random) -> SampleFile:
    """Write a German agency's file: semicolons, 1.234,56, dd.mm.yyyy, Windows encoding, a closing "Summe"."""
    lines = weekly_lines(weeks["Affiliate"], _AFFILIATE, random)
    whole = sums(lines, _ALL)
    total: list[Cell] = ["Summe", "", "", *(_german(whole[metric]) for metric in _ALL)]
    rows = [_AFFILIATE_COLUMNS, *(_german_row(line) for line in lines), total]
    return SampleFile(
        "Affiliate Auswertung wöchentlich.csv",
        CSV,
        csv_text(rows, separator=";", newline="\r\n").encode("cp1252"),
        "",
        AGENCY,
        now - timedelta(days=1, hours=2),
        expected_sums=whole,
        expected_rows=len(lines),
    )


def _google_row(line: Line, kind: str, random: Random) -> list[Cell]:
    share = f"{40 + 30 * random.random():.2f}%" if kind == "Search" else " --"
    row: list[Cell] = [line.start, "Enabled", line.campaign, kind, "EUR", f"{line.spend:,}", f"{line.impressions:,}"]
    row += [f"{line.clicks:,}", _percent(line.clicks, line.impressions), _per(line.spend, line.clicks) or " --"]
    return [*row, f"{line.conversions:,}.00", f"{line.revenue:,}", share]


def _google_total(label: str, lines: Iterable[Line]) -> list[Cell]:
    whole = sums(lines, _ALL)
    row: list[Cell] = [label, "", "", "", "EUR", f"{whole['spend']:,}", f"{whole['impressions']:,}"]
    row += [f"{whole['clicks']:,}", _percent(whole["clicks"], whole["impressions"])]
    return [*row, _per(whole["spend"], whole["clicks"]), f"{whole['conversions']:,}.00", f"{whole['revenue']:,}", " --"]


def _meta_row(line: Line) -> list[Cell]:
    row: list[Cell] = [line.start, line.end, line.campaign, "active", "7-day click or 1-day view"]
    row += ["actions:offsite_conversion.fb_pixel_purchase", line.conversions, line.impressions, line.spend]
    row += [_per(line.spend * 1000, line.impressions), line.clicks]
    return [*row, f"{100 * line.clicks / max(line.impressions, 1):.8f}", line.revenue]


def _linkedin_row(line: Line) -> list[Cell]:
    row: list[Cell] = [_us(line.start), "Halden Outdoor", "EUR", "Corporate gear", line.campaign, "Active", line.spend]
    row += [line.impressions, line.clicks, _percent(line.clicks, line.impressions), _per(line.spend, line.clicks)]
    return [*row, line.conversions, line.revenue]


def _tiktok_row(line: Line) -> list[Cell]:
    row: list[Cell] = [line.campaign, line.start.isoformat(), "EUR", line.spend, line.impressions, line.clicks]
    return [*row, _percent(line.clicks, line.impressions), line.conversions, line.revenue]


def _german_row(line: Line) -> list[Cell]:
    row: list[Cell] = [f"{line.start:%d.%m.%Y}", "Affiliate", line.campaign]
    return [*row, *(_german(Decimal(getattr(line, metric))) for metric in _ALL)]


def _german(value: Decimal) -> str:
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def _percent(part: Decimal | int, whole: Decimal | int) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "0.00%"


def _per(amount: Decimal, count: Decimal | int) -> str:
    return str((amount / count).quantize(CENT)) if count else ""


def _us(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _us_long(line: Line) -> str:
    return f"{line.end:%B} {line.end.day}, {line.end.year}"
