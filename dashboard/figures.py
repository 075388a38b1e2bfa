"""How numbers, money, dates and times are written: in the workspace's locale and currency, never the browser's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError, dates, lists, numbers

Number = Decimal | float | int
_GLUE = "\u2060"
"""Word joiner: keeps a sign and its amount on one line."""


@dataclass(frozen=True)
class Figures:
    """One workspace's way of writing figures. `zone` is the reader's time zone."""

    locale: str
    currency: str
    zone: tzinfo = UTC

    def money(self, amount: Number) -> str:
        """Full digits; cents only below one hundred, where they matter."""
        digits = 2 if 0 < abs(amount) < 100 and amount != int(amount) else 0
        return self._currency(amount, digits)

    def exact_money(self, amount: Number) -> str:
        return self._currency(amount, 2)

    def short_money(self, amount: Number) -> str:
        """For cards: full digits up to a million, then €1.2M."""
        if abs(amount) < 1_000_000:
            return self.money(amount)
        return numbers.format_compact_currency(amount, self.currency, fraction_digits=1, locale=self.known)

    def signed_money(self, amount: Number) -> str:
        return self._sign(amount) + _GLUE + self.money(abs(amount))

    def number(self, value: Number) -> str:
        digits = 0 if abs(value) >= 100 or value == int(value) else 1
        return numbers.format_decimal(_rounded(value, digits), locale=self.known)

    def amount(self, value: Number) -> str:
        """Write an amount as a person would type it: nothing rounded away, no currency."""
        return numbers.format_decimal(value, format="#,##0.##", locale=self.known)

    def brief(self, value: Number) -> str:
        """Three digits that count: 0.0123, 1.23, 123."""
        return numbers.format_decimal(Decimal(f"{value:.3g}"), format="#,##0.######", locale=self.known)

    def short_number(self, value: Number) -> str:
        if abs(value) < 1_000_000:
            return self.number(value)
        return numbers.format_compact_decimal(value, fraction_digits=1, locale=self.known)

    def ratio(self, value: Number) -> str:
        return numbers.format_decimal(value, format="#,##0.00", locale=self.known)

    def share(self, value: Number) -> str:
        """Write 0.123 as 12.3 %."""
        return _share(_rounded(value, 3) + 0, self.locale)  # never -0 %

    def column_share(self, value: Number) -> str:
        """Write a share with its tenth, so that those in a column stand under each other."""
        return _share(_rounded(value, 3) + 0, self.locale, "0.0")

    def chance(self, value: float) -> str:
        """Write a probability: never 0 % or 100 %, since no model knows so much."""
        if value > 0.99:
            return ">" + _GLUE + self.share(0.99)
        return "<" + _GLUE + self.share(0.01) if value < 0.01 else self.share(round(value, 2))

    def signed_share(self, value: Number) -> str:
        return self._sign(_rounded(value, 3)) + self.share(abs(value))

    def day(self, value: date) -> str:
        return _day(value, self.locale)

    def span(self, first: date, last: date) -> str:
        """Write a period with its last day included: 1 Jan - 31 Mar 2027."""
        return _span(first, last, self.locale)

    def short_day(self, value: date) -> str:
        return _part_of_date("MMMd", value, self.locale)

    def month(self, value: date) -> str:
        return _part_of_date("yMMM", value, self.locale)

    def moment(self, value: datetime) -> str:
        return _moment(value, self.zone, self.locale)

    def ago(self, value: datetime, now: datetime) -> str:
        """Say how long something is past, or how far ahead it is."""
        return _ago(_coarse(round((value - now).total_seconds()) or -1), self.locale)  # never "in 0 seconds"

    def duration(self, seconds: float) -> str:
        """Write a waiting time: 42 sec, 3 min."""
        return _duration(round(seconds), self.locale)

    def both(self, things: list[str]) -> str:
        """Join names as this language does: Search, Video and TV."""
        return lists.format_list(things, locale=self.known) if things else ""

    @property
    def known(self) -> Locale:
        return parsed(self.locale)

    @property
    def symbol(self) -> str:
        return numbers.get_currency_symbol(self.currency, locale=self.known)

    def slider_format(self, browser: str) -> str:
        """How a slider writes whole amounts: browsers group digits their own way, so only one like ours may."""
        example = 1_234_567
        theirs = numbers.format_decimal(example, locale=parsed(known_locale(browser)))
        return "localized" if theirs == self.number(example) else "%d"

    @property
    def day_format(self) -> str:
        """How a field for a day writes it: Streamlit knows three orders, with one mark."""
        pattern = self.known.date_formats["short"].pattern.lower()
        mark = next((one for one in "./-" if one in pattern), "/")
        order = sorted(("YYYY", "MM", "DD"), key=lambda part: pattern.index(part[0].lower()))
        return mark.join(order)

    def _currency(self, amount: Number, digits: int) -> str:
        return _money(_rounded(amount, digits), digits, self.currency, self.locale)

    @staticmethod
    def _sign(value: Number) -> str:
        if value == 0:
            return "±"
        return "+" if value > 0 else "-"


@lru_cache(maxsize=10_000)
def _money(amount: Decimal, digits: int, currency: str, locale: str) -> str:
    known = parsed(locale)
    pattern = known.currency_formats["standard"].pattern
    return numbers.format_currency(
        amount,
        currency,
        format=pattern.replace(".00", "." + "0" * digits if digits else ""),
        currency_digits=False,
        locale=known,
    )


@lru_cache(maxsize=10_000)
def _share(value: Decimal, locale: str, digits: str = "0.#") -> str:
    pattern = parsed(locale).percent_formats[None].pattern
    pattern = pattern.replace("0%", f"{digits}%").replace("0\xa0%", f"{digits}\xa0%")
    return numbers.format_percent(value, format=pattern, locale=parsed(locale))


@lru_cache(maxsize=10_000)
def _day(value: date, locale: str) -> str:
    return dates.format_date(value, format="medium", locale=parsed(locale))


@lru_cache(maxsize=10_000)
def _part_of_date(skeleton: str, value: date, locale: str) -> str:
    return dates.format_skeleton(skeleton, value, locale=parsed(locale))


@lru_cache(maxsize=10_000)
def _span(first: date, last: date, locale: str) -> str:
    return dates.format_interval(first, last, skeleton="yMMMd", locale=parsed(locale))


@lru_cache(maxsize=10_000)
def _moment(value: datetime, zone: tzinfo, locale: str) -> str:
    return dates.format_datetime(value, format="medium", tzinfo=zone, locale=parsed(locale))


@lru_cache(maxsize=10_000)
def _ago(seconds: int, locale: str) -> str:
    """Kept, because lists say the same few times again and again, every two seconds."""
    return dates.format_timedelta(
        timedelta(seconds=seconds), add_direction=True, granularity="second", locale=parsed(locale)
    )


@lru_cache(maxsize=10_000)
def _duration(seconds: int, locale: str) -> str:
    return dates.format_timedelta(timedelta(seconds=seconds), format="short", locale=parsed(locale))


def _coarse(seconds: int) -> int:
    """Leave out what is not said anyway: seconds after an hour, minutes after two days."""
    step = 1 if abs(seconds) < 3_600 else 60 if abs(seconds) < 172_800 else 3_600
    return round(seconds / step) * step


@cache
def parsed(locale: str) -> Locale:
    """Read a locale once; babel would do it for every number."""
    return Locale.parse(locale)


def _rounded(value: Number, digits: int) -> Decimal:
    return round(Decimal(str(value)), digits)


def known_locale(name: str) -> str:
    """Return the locale if babel knows it, else English: a strange setting must not break a page."""
    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return "en"
