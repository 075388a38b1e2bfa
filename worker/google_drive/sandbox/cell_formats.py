"""What a person types becomes a value, and a value becomes what a person sees."""

import re
from datetime import datetime, timedelta

from worker.google_drive.sandbox.native_sheets import Cell, Content, Scalar

DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 days of a sheet have no time zone
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
NUMBER = re.compile(r"([-+]?)([$€£]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(?:[eE]([-+]?\d{1,3}))?(%?)")


def entered(text: str) -> Content:
    """Understand typed text as Sheets does in the en_US locale: numbers, dates, TRUE and FALSE; the rest stays text."""
    text = text.strip()
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    for read in (entered_date, entered_number):
        content = read(text)
        if content is not None:
            return content
    return text or None


def entered_date(text: str) -> Cell | None:
    iso, us = ISO_DATE.fullmatch(text), US_DATE.fullmatch(text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif us:
        month, day, year = (int(part) for part in us.groups())
    else:
        return None
    try:
        moment = datetime(year, month, day)  # noqa: DTZ001 days of a sheet have no time zone
    except ValueError:
        return None
    return Cell((moment - DAY_ZERO).days, "yyyy-mm-dd" if iso else "m/d/yyyy")


def entered_number(text: str) -> Content:
    match = NUMBER.fullmatch(text)
    if match is None or not (match[3] or match[4]):
        return None
    sign, currency, integer, fraction, exponent, percent = match.groups(default="")
    value = float(f"{sign}{integer.replace(',', '') or 0}{fraction}e{exponent or 0}") / (100 if percent else 1)
    number: float = int(value) if value.is_integer() and abs(value) < 1e15 else value
    if percent:
        return Cell(number, "0.00%" if fraction else "0%")
    decimals = ".00" if fraction else ""
    if currency:
        return Cell(number, f"{currency}#,##0{decimals}")
    if "," in integer:
        return Cell(number, f"#,##0{decimals}")
    return number


def serial(moment: datetime) -> float:
    """Count days since 1899-12-30, the time of day as a fraction."""
    days = (moment - DAY_ZERO) / timedelta(days=1)
    return int(days) if days.is_integer() else days


def is_date_format(pattern: str) -> bool:
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", pattern)
    return bool(re.search(r"[ymdhs]", bare, re.IGNORECASE)) and "general" not in bare.lower()


def shown(content: Content, locale: str) -> str:
    """Show a cell as Sheets does in the spreadsheet's locale (FORMATTED_VALUE)."""
    value, pattern = (content.value, content.format) if isinstance(content, Cell) else (content, "General")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    if pattern in ("General", "@", ""):
        return plain(value, locale)
    return shown_date(value, pattern) if is_date_format(pattern) else shown_number(value, pattern, locale)


def plain(value: float, locale: str) -> str:
    text = str(value) if isinstance(value, int) else f"{value:.10g}"
    return text if locale.startswith("en") else text.replace(".", ",")


def shown_number(value: float, pattern: str, locale: str) -> str:
    from babel.numbers import format_decimal

    # Only the part for positive numbers counts, currency codes lose their brackets, fillers go.
    positive = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r"\1", pattern.split(";", maxsplit=1)[0])
    positive = re.sub(r"\[[^\]]*\]|[_*].|\\", "", positive).replace('"', "'").replace("?", "#")
    return format_decimal(value, format=positive, locale=locale)


def shown_date(value: float, pattern: str) -> str:
    moment = DAY_ZERO + timedelta(days=value)
    bare = re.sub(r'\[[^\]]*\]|\\|"', "", pattern.split(";", maxsplit=1)[0]).lower()
    # "m" is a month, except beside hours or seconds, where it is a minute.
    bare = re.sub(r"(?<=h:)m+|m+(?=:s)", lambda match: "n" * len(match[0]), bare)
    return re.sub(r"y+|m+|d+|h+|n+|s+", lambda match: date_part(moment, match[0]), bare)


def date_part(moment: datetime, token: str) -> str:
    names = {"yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "dddd": "%A", "ddd": "%a"}
    if token in names:
        return moment.strftime(names[token])
    numbers = {
        "y": moment.year,
        "m": moment.month,
        "d": moment.day,
        "h": moment.hour,
        "n": moment.minute,
        "s": moment.second,
    }
    return str(numbers[token[0]]).zfill(len(token))


def value_in_json(content: Content, value_option: str, date_option: str, locale: str) -> Scalar:
    """Render a cell for the Sheets API; an empty cell is empty text."""
    if value_option == "FORMATTED_VALUE":
        return shown(content, locale)
    if isinstance(content, Cell):
        if date_option == "FORMATTED_STRING" and is_date_format(content.format):
            return shown(content, locale)
        return content.value
    return "" if content is None else content
