"""Text and tables on their way out: safe file names, CSV that no spreadsheet runs, amounts split to the cent."""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import TypeVar

from babel import numbers

from events.plan import DistributionPlan, PlanResult
from projections.plans import Plan

Part = TypeVar("Part", bound=Hashable)
CENT = Decimal("0.01")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def file_name(title: str) -> str:
    return re.sub(r"[^\w-]+", "-", title).strip("-").lower()[:80] or "plan"


def result_of(plan: Plan) -> PlanResult:
    """Only plans that were made can be taken away."""
    assert plan.result is not None
    return plan.result


def split_of(plan: Plan) -> DistributionPlan:
    return result_of(plan).distribution_plan


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]], locale: str = "en") -> bytes:
    return b"".join(csv_lines(header, rows, locale))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]], locale: str = "en") -> Iterator[bytes]:
    """Write a table line by line as UTF-8, with the mark by which Excel knows it.

    Numbers are written as the locale does; where a comma marks decimals, a semicolon parts the columns.
    """
    mark = numbers.get_decimal_symbol(locale)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if mark == "," else ",")
    yield codecs.BOM_UTF8
    for row in itertools.chain([header], rows):
        writer.writerow([_written(value, mark) for value in row])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def _written(value: object, mark: str) -> object:
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{value:f}".replace(".", mark) if isinstance(value, Decimal) else guarded(value)


def guarded(value: object) -> object:
    """Keep a spreadsheet from running text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) else value


def shared_out(amount: Decimal, weights: Mapping[Part, Decimal]) -> dict[Part, Decimal]:
    """Split an amount in proportion to the weights; the parts add up to it, to the cent.

    Cents that are left over go to the largest remainders first. Without any weight, all count the same.
    """
    if not any(weights.values()):
        weights = dict.fromkeys(weights, Decimal(1))
    total = sum(weights.values(), Decimal(0))
    exact = {part: amount * weight / total for part, weight in weights.items()}
    shares = {part: value.quantize(CENT, ROUND_FLOOR) for part, value in exact.items()}
    left = amount - sum(shares.values(), Decimal(0))
    for part in sorted(exact, key=lambda one: shares[one] - exact[one])[: int(left / CENT)]:
        shares[part] += CENT
        left -= CENT
    if left:
        shares[max(shares, key=lambda one: weights[one])] += left
    return shares
