"""Files that every team's Drive holds beside its campaigns; some of them talk of money, budgets and channels too."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from random import Random

from worker.google_drive.sandbox.samples_exports import AGENCY, COLLEAGUE, OWNER
from worker.google_drive.sandbox.samples_format import (
    CSV,
    GOOGLE_SHEET,
    XLSX,
    Cell,
    SampleFile,
    Tab,
    csv_text,
    xlsx_bytes,
)

Rows = list[list[Cell]]

_PEOPLE = ("Mara Lindt", "Ines Okafor", "Tomasz Zielinski", "Aylin Demir", "Pierre Fabre", "Ruth Adler")
_GEAR = (
    "Ridge 2P Tent",
    "Fjell 45 Pack",
    "Storm Shell",
    "Down Quilt 400",
    "Camp Stove S",
    "Trek Poles C",
    "Dry Bag 20",
)
_FIRMS = (
    "Google Ireland Ltd",
    "Office Supplies Nord",
    "Northlight Media",
    "Stadtwerke",
    "DHL Freight",
    "Adobe Systems",
)


def others(now: datetime, random: Random) -> list[SampleFile]:
    """Invent a dozen files that hold no campaigns."""
    today = now.date()
    return [_KINDS[kind](rows(today, random), now) for kind, rows in _CONTENTS]


def _invoices(today: date, random: Random) -> Rows:
    header: list[Cell] = ["Invoice no.", "Vendor", "Invoice date", "Due date", "Net amount", "VAT", "Gross", "Paid"]
    rows: Rows = [header]
    for number in range(60):
        day = today - timedelta(days=5 * number)
        net = round(random.uniform(80, 9_000), 2)
        vat, gross = round(net * 0.19, 2), round(net * 1.19, 2)
        vendor, paid = random.choice(_FIRMS), random.choice(("yes", "no"))
        rows.append([f"RE-{4200 - number}", vendor, day, day + timedelta(days=30), net, vat, gross, paid])
    return rows


def _holidays(today: date, random: Random) -> Rows:
    rows: Rows = [["Name", "From", "To", "Days", "Approved by"]]
    for _ in range(24):
        start = today + timedelta(days=random.randrange(-90, 150))
        days = random.randrange(1, 15)
        rows.append([random.choice(_PEOPLE), start, start + timedelta(days=days - 1), days, _PEOPLE[0]])
    return rows


def _inventory(today: date, random: Random) -> Rows:
    rows: Rows = [["SKU", "Product", "Warehouse", "On hand", "Reserved", "Reorder at", "Counted on"]]
    for number in range(120):
        product, place = _GEAR[number % len(_GEAR)], random.choice(("Kassel", "Lyon"))
        counts: list[Cell] = [random.randrange(400), random.randrange(40), 50]
        rows.append([f"HO-{1000 + number}", product, place, *counts, today - timedelta(days=random.randrange(30))])
    return rows


def _survey(today: date, random: Random) -> Rows:
    rows: Rows = [["Timestamp", "How did you hear about us?", "How likely are you to recommend us?", "Comment"]]
    heard = ("A friend", "Instagram", "Search", "Shop window", "TV")
    for number in range(80):
        comment = random.choice(("", "Great tent", "Delivery was late", "Zip broke", "Love it"))
        rows.append([today - timedelta(days=number), random.choice(heard), random.randrange(11), comment])
    return rows


def _meeting(today: date, random: Random) -> Rows:
    rows: Rows = [["Weekly marketing meeting"], [], ["Date", "Topic", "Who", "Decision"]]
    topics = ("Newsletter layout", "Black week", "Agency contract", "Photo shoot", "New landing page")
    for number in range(20):
        decision = random.choice(("Go on", "Wait for numbers", "Ask legal", "Done"))
        day = today - timedelta(weeks=number)
        rows.append([day, random.choice(topics), random.choice(_PEOPLE).split()[0], decision])
    return rows


def _household(today: date, random: Random) -> Rows:
    rows: Rows = [["Month", "Category", "Budget", "Spent", "Left"]]
    for number in range(12):
        for category, usual in (("Rent", 1_150), ("Groceries", 420), ("Childcare", 310), ("Electricity", 95)):
            spent = round(usual * random.uniform(0.8, 1.15), 2)
            month = (today.replace(day=1) - timedelta(days=30 * number)).replace(day=1)
            rows.append([month, category, usual, spent, round(usual - spent, 2)])
    return rows


def _pipeline(today: date, random: Random) -> Rows:
    rows: Rows = [
        ["Opportunity", "Account", "Stage", "Amount (EUR)", "Probability", "Close date", "Owner", "Lead source"]
    ]
    for number in range(45):
        stage = random.choice(("Qualified", "Proposal", "Negotiation", "Won", "Lost"))
        amount, chance = random.randrange(3, 60) * 500, f"{random.choice((10, 25, 50, 80))}%"
        close = today + timedelta(days=random.randrange(-60, 120))
        source = random.choice(("Trade fair", "LinkedIn", "Referral", "Cold call"))
        person = random.choice(_PEOPLE)
        rows.append([f"OPP-{300 + number}", f"Firm {number:02}", stage, amount, chance, close, person, source])
    return rows


def _prices(_today: date, random: Random) -> Rows:
    rows: Rows = [["Article", "Size", "Retail price (EUR)", "Wholesale price (EUR)", "Valid from"]]
    for gear in _GEAR:
        for size in ("S", "M", "L"):
            retail = round(random.uniform(29, 520), 0) - 0.05
            rows.append([gear, size, retail, round(retail * 0.55, 2), "01.09."])
    return rows


def _addresses(_today: date, random: Random) -> Rows:
    rows: Rows = [["First name", "Last name", "Company", "E-mail", "Phone", "City"]]
    for number in range(50):
        first, last = random.choice(_PEOPLE).split()
        mail = f"{first}.{last}{number}@partner.example".lower()
        rows.append([first, last, random.choice(_FIRMS), mail, f"+49 561 {100000 + number}", "Kassel"])
    return rows


def _hours(today: date, random: Random) -> Rows:
    rows: Rows = [["Employee", "Date", "Project", "Start", "End", "Hours", "Billable"]]
    for number in range(90):
        hours = random.choice((4.0, 6.5, 7.5, 8.0))
        project = random.choice(("Website", "Catalogue", "Campaign shoot", "Internal"))
        day = today - timedelta(days=number % 45)
        rows.append([_PEOPLE[number % 6], day, project, "09:00", "17:00", hours, random.choice(("yes", "no"))])
    return rows


def _catalogue(_today: date, random: Random) -> Rows:
    rows: Rows = [["id", "title", "description", "availability", "price", "brand", "product_type"]]
    for number in range(100):
        gear = _GEAR[number % len(_GEAR)]
        price = f"{random.uniform(19, 499):.2f} EUR"
        rows.append([f"HO-{1000 + number}", gear, f"{gear}, made to last", "in stock", price, "Halden", "Outdoor"])
    return rows


def _okrs(_today: date, random: Random) -> Rows:
    rows: Rows = [["Objective", "Key result", "Owner", "Target", "Actual", "Status"]]
    goals = ("Grow the direct channel", "Launch in France", "Lower the cost of returns", "Make hiring faster")
    for goal in goals:
        for number in range(3):
            target, actual = random.randrange(10, 90), random.randrange(90)
            rows.append([goal, f"Key result {number + 1}", random.choice(_PEOPLE), target, actual, "on track"])
    return rows


def _file(name: str, folder: str, owner: str, days: float, drive: str | None = None) -> Callable[..., SampleFile]:
    """Choose the format by the name's ending: .xlsx, .csv, or none for a native Sheet."""

    def make(rows: Sequence[Sequence[Cell]], now: datetime) -> SampleFile:
        if name.endswith(".xlsx"):
            mime, data = XLSX, xlsx_bytes([Tab("Sheet1", rows)])
        elif name.endswith(".csv"):
            mime, data = CSV, csv_text(rows).encode()
        else:
            mime, data = GOOGLE_SHEET, (Tab("Sheet1", rows),)
        return SampleFile(name, mime, data, folder, owner, now - timedelta(days=days), drive)

    return make


_KINDS = {
    "invoices": _file("Invoice list.xlsx", "Finance", COLLEAGUE, 1.5),
    "holidays": _file("Team holidays", "Team", OWNER, 12),
    "inventory": _file("inventory_count.csv", "Operations", COLLEAGUE, 4, "Operations"),
    "survey": _file("Customer survey (Responses)", "Research", COLLEAGUE, 2),
    "meeting": _file("Marketing weekly - notes", "Marketing", OWNER, 0.8),
    "household": _file("Household budget", "Private", OWNER, 20),
    "pipeline": _file("sales-pipeline.csv", "Sales", COLLEAGUE, 1, "Operations"),
    "prices": _file("Price list autumn.xlsx", "Sales", COLLEAGUE, 60),
    "addresses": _file("partner_contacts.csv", "", AGENCY, 90),
    "hours": _file("Timesheet.xlsx", "Team", OWNER, 3),
    "catalogue": _file("product_feed.csv", "Shop", OWNER, 8),
    "okrs": _file("OKRs", "Team", COLLEAGUE, 30),
}
_CONTENTS: tuple[tuple[str, Callable[[date, Random], Rows]], ...] = (
    ("invoices", _invoices),
    ("holidays", _holidays),
    ("inventory", _inventory),
    ("survey", _survey),
    ("meeting", _meeting),
    ("household", _household),
    ("pipeline", _pipeline),
    ("prices", _prices),
    ("addresses", _addresses),
    ("hours", _hours),
    ("catalogue", _catalogue),
    ("okrs", _okrs),
)
