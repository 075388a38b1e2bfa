"""What the media agency keeps: next quarter's plan as a workbook, and TV and radio bookings as a Google Sheet."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from worker.google_drive.sandbox.samples_exports import AGENCY, COLLEAGUE, Weeks
from worker.google_drive.sandbox.samples_format import GOOGLE_SHEET, XLSX, Cell, SampleFile, Tab, xlsx_bytes
from worker.google_drive.sandbox.samples_history import ResponseCurve, truth
from worker.google_drive.sandbox.samples_lines import Line, money, sums, weekly_lines

_STATIONS = {
    "TV": {"Vox | Outdoor season": 0.6, "Sport1 | Outdoor season": 0.4},
    "Radio": {"Antenne | Morning show": 0.7, "Radio Eins | Weekend": 0.3},
}
_VENDORS = {
    "Google Search": ("Google", "Always-on search"),
    "YouTube": ("Google", "Trails video series"),
    "Meta": ("Meta", "Prospecting and retargeting"),
    "LinkedIn": ("LinkedIn", "Corporate gear"),
    "TikTok": ("TikTok", "Creators"),
    "TV": ("Vox, Sport1", "Outdoor season"),
    "Radio": ("Antenne, Radio Eins", "Weekend spots"),
    "Affiliate": ("Awin", "Partner programme"),
}
_CPM = {"TV": "14.00", "Radio": "6.50", "LinkedIn": "31.00", "Google Search": "38.00", "TikTok": "4.60"}
_FLIGHT = timedelta(weeks=4)
_FIRST_ROW = 6


def tv_and_radio(weeks: Weeks, now: datetime, random: Random) -> SampleFile:
    """Keep a native Sheet of weekly bookings: real dates, a note on top, a hidden tab of look-up values."""
    lines = {channel: weekly_lines(weeks[channel], _STATIONS[channel], random) for channel in ("TV", "Radio")}
    everything = [*lines["TV"], *lines["Radio"]]
    header: list[Cell] = ["Week commencing", "Channel", "Station", "Campaign", "Net spend (EUR)"]
    header += ["Impressions", "Orders", "Revenue (EUR)"]
    rows: list[list[Cell]] = [["TV & radio bookings, net of discounts"], [], header]
    rows += [_booking(channel, line) for channel in lines for line in lines[channel]]
    metrics = ("spend", "impressions", "conversions", "revenue")
    return SampleFile(
        "TV + Radio weekly actuals",
        GOOGLE_SHEET,
        (
            Tab("Actuals", rows),
            Tab("Read me", [["Source: station invoices and the uplift model."], ["Ask Jonas before changing rows."]]),
            Tab("Lookup", [["Station", "Region"], ["Vox", "National"], ["Antenne", "South"]], hidden=True),
        ),
        "Marketing/Offline",
        COLLEAGUE,
        now - timedelta(hours=26),
        expected_sums=sums(everything, metrics),
        expected_rows=len(everything),
    )


def media_plan(now: datetime) -> SampleFile:
    """Write the plan for the twelve weeks to come: headers in two merged rows, flights of four weeks, other tabs."""
    start = now.date() + timedelta(days=7 - now.weekday())
    flights = [_flight(curve, start + number * _FLIGHT) for curve in truth().values() for number in range(3)]
    budget = sum((line.spend for line in flights), Decimal(0))
    return SampleFile(
        "Halden Outdoor Media Plan v3 FINAL.xlsx",
        XLSX,
        xlsx_bytes([_plan_tab(flights, budget, start), _calendar_tab(start), _rate_card_tab(), _NOTES]),
        "Plans",
        AGENCY,
        now - timedelta(days=3),
        drive="Marketing",
        expected_sums={"budget": budget, "impressions": sums(flights, ["impressions"])["impressions"]},
        expected_rows=len(flights),
    )


def _booking(channel: str, line: Line) -> list[Cell]:
    station, campaign = line.campaign.split(" | ")
    return [line.start, channel, station, campaign, line.spend, line.impressions, line.conversions, line.revenue]


def _flight(curve: ResponseCurve, start: date) -> Line:
    budget = money(round(curve.usual * 4, -2))
    cpm = Decimal(_CPM.get(curve.channel, "9.00"))
    impressions = int(budget / cpm * 1000)
    return Line(start, start + _FLIGHT - timedelta(days=1), curve.channel, budget, impressions, 0, 0, Decimal(0))


def _plan_tab(flights: list[Line], budget: Decimal, start: date) -> Tab:
    groups: list[Cell] = ["Placement", None, None, "Flight", None, "Budget", None, "Forecast", None]
    header: list[Cell] = ["Channel", "Vendor", "Campaign", "Start", "End", "Net budget (EUR)", "Share of plan"]
    header += ["Impressions", "CPM (EUR)"]
    title: Cell = f"Halden Outdoor: media plan from {start:%d.%m.%Y}"
    rows: list[list[Cell]] = [
        [title],
        ["Version 3, net of agency discount, all amounts in EUR"],
        [],
        groups,
        header,
    ]
    shown: str | None = None
    for line in flights:
        vendor, campaign = _VENDORS[line.campaign]
        channel = None if line.campaign == shown else line.campaign
        shown = line.campaign
        share = float(round(line.spend / budget, 4))
        rows.append([channel, vendor, campaign, line.start, line.end, line.spend, share, line.impressions, None])
        rows[-1][-1] = Decimal(_CPM.get(line.campaign, "9.00"))
    total = sums(flights, ["impressions"])["impressions"]
    rows.append(["Total", None, None, None, None, budget, 1.0, total, None])
    blocks = range(_FIRST_ROW, _FIRST_ROW + len(flights), 3)
    merged = ("A1:I1", "A2:I2", "A4:C4", "D4:E4", "F4:G4", "H4:I4", *(f"A{top}:A{top + 2}" for top in blocks))
    return Tab("Media plan", rows, merged=merged)


def _calendar_tab(start: date) -> Tab:
    weeks = [start + timedelta(weeks=number) for number in range(12)]
    header: list[Cell] = ["Channel", *(f"CW {week.isocalendar().week}" for week in weeks)]
    rows: list[list[Cell]] = [["Flighting calendar (x = on air)"], header]
    for curve in truth().values():
        on, off = curve.pulse
        rows.append([curve.channel, *("x" if number % (on + off) < on else None for number in range(12))])
    return Tab("Calendar", rows, merged=("A1:M1",))


def _rate_card_tab() -> Tab:
    rows: list[list[Cell]] = [["Rate card"], ["Vendor", "Format", "Unit", "List price (EUR)", "Discount"]]
    formats: Mapping[str, tuple[str, str, float, float]] = {
        "Vox": ("Spot 20 s, prime time", "per spot", 8_400.0, 0.42),
        "Sport1": ("Spot 20 s, evening", "per spot", 2_100.0, 0.38),
        "Antenne": ("Spot 30 s, morning", "per spot", 1_150.0, 0.25),
        "Radio Eins": ("Spot 30 s, weekend", "per spot", 640.0, 0.2),
    }
    rows.extend([vendor, *row] for vendor, row in formats.items())
    return Tab("Rate card", rows)


_NOTES = Tab(
    "Notes",
    [
        ["Open points"],
        ["TV bookings can be cancelled free of charge until six weeks before the first spot."],
        ["Creators for TikTok are confirmed for the first flight only."],
        ["Prices exclude VAT."],
    ],
)
