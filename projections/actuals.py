"""How does a plan's time turn out? What was planned by now against what the campaign files say was spent and brought.

There is no clock here: a plan's time has gone as far as its files tell.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from sqlalchemy.engine import Connection

from events.plan import DistributionPlan, Estimate
from projections import performance
from projections.performance import TOTAL, ChannelDay
from projections.plans import Plan

LONGEST_STEP = 31
MONTHS = range(28, LONGEST_STEP + 1)
"""Days from the first of a month to the next."""
BEFORE = timedelta(days=70)
"""How far before a plan rows are looked at, to learn whether they come by day, week or month."""
OVER = 0.9
"""A plan's time is over when this share of its days is told: the last report is often short of a day or two."""
STRAYED = 0.3
"""A plan was followed when what was spent differs from it by less than this share, added up over the channels."""
RESPONSES = ("revenue", "conversions", "clicks")


@dataclass(frozen=True)
class ChannelActual:
    channel: str
    planned: Decimal
    """By `until`, as the plan's weeks have it."""
    spent: Decimal
    expected: Estimate | None
    """For the money planned by `until`."""
    response: float | None


@dataclass(frozen=True)
class Actuals:
    """Money and response from the plan's first day until `until`, the last day that the files tell of."""

    until: date
    days: int
    of_days: int
    channels: list[ChannelActual]
    """Those of the plan, most money first, then those that spent without a plan."""
    planned: Decimal
    spent: Decimal
    expected: Estimate | None
    response: float | None
    """None where the files cannot tell what the plan promised: then only money is compared."""

    @property
    def over(self) -> bool:
        return self.days >= OVER * self.of_days

    @property
    def followed(self) -> bool:
        strayed = sum((abs(one.spent - one.planned) for one in self.channels), Decimal(0))
        return strayed <= Decimal(str(STRAYED)) * self.planned

    @property
    def inside(self) -> bool | None:
        """Whether the response lies in the 80 % range."""
        if self.expected is None or self.response is None:
            return None
        return self.expected.low <= self.response <= self.expected.high

    @property
    def error(self) -> float | None:
        """Distance of the response from the expected one, as a share of it."""
        if self.expected is None or self.response is None or not self.expected.mean:
            return None
        return self.response / self.expected.mean - 1


def of(connection: Connection, plan: Plan, at: int | None = None) -> Actuals | None:
    """What came of a plan so far. None before the files tell of its first day, or without a split."""
    if plan.result is None or not plan.result.distribution_plan.lines:
        return None
    split = plan.result.distribution_plan
    first = split.start - BEFORE
    rows = performance.between(
        connection, plan.workspace, first, split.end, split.currency, at=at, file_ids=plan.brief.file_ids
    )
    return compare(split, rows)


def compare(split: DistributionPlan, rows: Sequence[ChannelDay]) -> Actuals | None:
    """Set a plan against rows from some time before its start on; rows of other times are left out."""
    until = told_until([row.day for row in rows if row.spend], split.end)
    if until is None or until < split.start:
        return None
    inside = _inside(rows, split.start, until)
    planned = planned_until(split, until)
    comparable = _comparable(split, inside)
    channels = _channels(split, inside, planned, comparable=comparable)
    by_now = sum(planned.values(), Decimal(0))
    return Actuals(
        until=until,
        days=(until - split.start).days + 1,
        of_days=(split.end - split.start).days + 1,
        channels=channels,
        planned=by_now,
        spent=sum((one.spent for one in channels), Decimal(0)),
        expected=_scaled(split.expected, _part(by_now, split.spent)),
        response=sum(one.response or 0.0 for one in channels) if comparable else None,
    )


def told_until(days: Iterable[date], end: date) -> date | None:
    """Last day that rows tell of, `end` at most: a row of a weekly file speaks of seven days."""
    told = sorted(set(days))
    known = [day for day in told if day <= end]
    return min(known[-1] + timedelta(days=_step(told) - 1), end) if known else None


def _step(told: Sequence[date]) -> int:
    """Days from one row to the next as a rule, for days in order: 1, 7, or 31 for the month; 1 without a rule."""
    gaps = Counter(min((later - earlier).days, LONGEST_STEP) for earlier, later in pairwise(told))
    months = sum(gaps.pop(days, 0) for days in MONTHS)
    gaps[LONGEST_STEP] = months
    step, times = gaps.most_common(1)[0]
    return step if 2 * times >= gaps.total() > 0 else 1


def _inside(rows: Sequence[ChannelDay], first: date, last: date) -> list[ChannelDay]:
    """What of the rows falls into a time: of a row that speaks of several days, the part for those that do."""
    told: defaultdict[str, set[date]] = defaultdict(set)
    for row in rows:
        told[row.channel].add(row.day)
    lengths = {channel: _lengths(sorted(days)) for channel, days in told.items()}
    found: list[ChannelDay] = []
    for row in rows:
        days = lengths[row.channel][row.day]
        inside = (min(row.day + timedelta(days=days - 1), last) - max(row.day, first)).days + 1
        if inside > 0:
            found.append(row if inside == days else _part_of(row, Decimal(inside) / days))
    return found


def _lengths(told: Sequence[date]) -> dict[date, int]:
    """Of how many days the row of each day speaks: until the next, and not longer than is the rule."""
    step = _step(told)
    return {day: min(step, (later - day).days) for day, later in pairwise([*told, date.max])}


def _part_of(row: ChannelDay, part: Decimal) -> ChannelDay:
    amounts = {name: getattr(row, name) for name in ("spend", *RESPONSES)}
    return replace(row, **{name: None if value is None else round(value * part, 6) for name, value in amounts.items()})


def planned_until(split: DistributionPlan, until: date) -> dict[str, Decimal]:
    """Money of each channel by `until`: whole weeks, and the part of the running one; by days without weeks."""
    if not split.weeks:
        share = Decimal((until - split.start).days + 1) / Decimal((split.end - split.start).days + 1)
        return {line.channel: round(line.amount * share, 2) for line in split.lines}
    planned = {line.channel: Decimal(0) for line in split.lines}
    ends = [*(week.start for week in split.weeks[1:]), split.end + timedelta(days=1)]
    for week, after in zip(split.weeks, ends, strict=True):
        gone = min((until - week.start).days + 1, (after - week.start).days)
        if gone > 0:
            part = Decimal(gone) / Decimal(max((after - week.start).days, 1))
            for channel, amount in week.amounts.items():
                planned[channel] = planned.get(channel, Decimal(0)) + amount * part
    return {channel: round(amount, 2) for channel, amount in planned.items()}


def _comparable(split: DistributionPlan, rows: Sequence[ChannelDay]) -> bool:
    """Rows tell what the plan promised only where both speak of what channels claim."""
    if split.response not in RESPONSES or split.expected is None:
        return False
    own = any(getattr(row, split.response) is not None for row in rows if row.channel != TOTAL)
    total = any(getattr(row, split.response) is not None for row in rows if row.channel == TOTAL)
    return own and (split.regime == "channel" or (split.regime == "attributed" and not total))


def _channels(
    split: DistributionPlan, rows: Sequence[ChannelDay], planned: dict[str, Decimal], *, comparable: bool
) -> list[ChannelActual]:
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    brought: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        if row.channel != TOTAL:
            spent[row.channel] += row.spend or 0
            brought[row.channel] += float(getattr(row, split.response) or 0) if comparable else 0.0
    by_money = sorted(split.lines, key=lambda line: (-line.amount, line.channel))
    found = [
        ChannelActual(
            line.channel,
            planned[line.channel],
            spent[line.channel],
            _scaled(line.expected, _part(planned[line.channel], line.amount)),
            brought[line.channel] if comparable else None,
        )
        for line in by_money
    ]
    unplanned = sorted(name for name in spent if name not in planned and spent[name])
    return found + [
        ChannelActual(name, Decimal(0), spent[name], None, brought[name] if comparable else None) for name in unplanned
    ]


def _part(planned: Decimal, whole: Decimal) -> float:
    return float(planned / whole) if whole else 0.0


def _scaled(estimate: Estimate | None, part: float) -> Estimate | None:
    if estimate is None:
        return None
    return Estimate(mean=estimate.mean * part, low=estimate.low * part, high=estimate.high * part)
