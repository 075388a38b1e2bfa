"""The language of plans, and their events. Stream: `workspace/plan/{campaign_id}`.

Money is `Decimal` in the workspace's currency and for the whole period of the plan unless a name says otherwise.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from events.envelope import Event, named

Goal = Literal["most_response", "least_cost", "target_cpa", "target_roas"]
ResponseKind = Literal["auto", "revenue", "conversions", "clicks"]
Regime = Literal["auto", "channel", "attributed", "total", "none"]
"""What a channel's revenue column means: caused by the channel, claimed by the platform, or only a total exists."""
Flighting = Literal["as_usual", "even", "own"]
"""How money is spread over the weeks: as the season has it, the same every day, or by the brief's own weights."""


def week_starts(start: date, end: date) -> list[date]:
    """First day of every calendar week of a period: its own first day, then Mondays."""
    mondays = (start + timedelta(days=day) for day in range(1, (end - start).days + 1))
    return [start, *(day for day in mondays if day.weekday() == 0)]


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one channel for the whole period. `locked` keeps today's share of the money as it is."""

    at_least: Decimal | None = None
    at_most: Decimal | None = None
    at_least_if_any: Decimal | None = None
    """The least amount that has an effect: the channel gets this much or more, or nothing."""
    locked: bool = False


class GroupLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of several channels together for the whole period. No channel is in two groups."""

    name: str
    channels: list[str]
    at_least: Decimal | None = None
    at_most: Decimal | None = None


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks a plan for."""

    title: str
    budget: Decimal
    """For the whole period. With goal least_cost or a target: the most that may be spent."""
    start: date
    end: date
    """Last day, inclusive."""
    currency: str = "EUR"
    goal: Goal = "most_response"
    target: Decimal | None = None
    """Wanted response (least_cost), cost per conversion (target_cpa) or revenue per unit of spend (target_roas)."""
    response: ResponseKind = "auto"
    regime: Regime = "auto"
    limits: dict[str, Limit] = {}
    groups: list[GroupLimit] = []
    file_ids: list[str] | None = None
    """Which campaign files count; all when left out."""
    flighting: Flighting = "as_usual"
    week_weights: list[float] = []
    """With flighting own: the weight of each of `week_starts`, in order, 0 for a pause; only their ratios count."""
    seed: int = 1


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A number with its 80 % range."""

    mean: float
    low: float
    high: float


class CampaignLine(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign's part of its channel's money. Campaigns of a channel add up to the channel, to the cent."""

    campaign: str
    amount: Decimal
    share: float
    """Of the channel's amount."""
    current: Decimal
    """What it would get if the channel's amount were split as of late."""
    change: Decimal
    returned: float | None = None
    """Response per unit of money that its own rows tell; None when they tell nothing."""
    sure: float | None = None
    """Probability that it brings more (or less, when it loses money) than the channel's other campaigns."""
    evidence: list[str] = []
    """Empty when nothing speaks for a change: then it keeps its part."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of the plan."""

    channel: str
    amount: Decimal
    share: float
    current: Decimal
    """What the channel would get if the budget were split as it is today."""
    change: Decimal
    expected: Estimate | None
    expected_current: Estimate | None
    marginal_now: float | None
    """Response per extra unit of money at today's spend; `marginal_plan` the same at the plan."""
    marginal_plan: float | None
    at_least: Decimal
    at_most: Decimal
    bound_by: str | None
    """What held the channel, in a word: floor, cap, locked, unmeasured, extrapolation; None when free."""
    evidence: list[str]
    campaigns: list[CampaignLine] = []
    """Those that ran of late, most money first; empty when no campaign is named."""


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    spend: float
    mean: float
    low: float
    high: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Expected response of a channel at steady spend, per period of the data (a week or a day)."""

    channel: str
    points: list[CurvePoint]
    now: float
    plan: float
    seen_up_to: float
    """The most that was ever spent in one period: beyond it the curve is a guess."""


class Week(msgspec.Struct, frozen=True, kw_only=True):
    start: date
    amounts: dict[str, Decimal]


class DistributionPlan(msgspec.Struct, frozen=True, kw_only=True):
    lines: list[Line]
    budget: Decimal
    spent: Decimal
    """Sum of the lines, to the cent; equals the budget for goal most_response."""
    currency: str
    start: date
    end: date
    goal: Goal
    response: str
    regime: str
    level: str
    """Level of evidence: curves, returns, mix, none."""
    expected: Estimate | None
    expected_current: Estimate | None
    uplift: Estimate | None
    """Response of the plan / response of the current mix - 1."""
    probability_better: float | None
    weeks: list[Week]
    curves: list[Curve]
    data_version: str
    planner_version: str
    seed: int


class Insight(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with its evidence. `size` is money or response at stake, in `unit`."""

    id: str
    kind: str
    sentence: str
    size: float
    unit: str
    low: float | None
    high: float | None
    evidence: list[str]
    sure: float
    channel: str | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A number that an insight rests on, and where it comes from. `id` is what `evidence` names."""

    id: str
    text: str
    value: float
    unit: str
    channel: str | None = None
    campaign: str | None = None
    file_ids: list[str] = []
    first: date | None = None
    last: date | None = None
    rows: int | None = None
    """How many rows of these files speak of it in that time."""


class TrackRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How earlier plans of the workspace turned out: those whose time is over and whose results are known."""

    plans: int
    inside: int
    """Plans whose result lay in the 80 % range that they stated."""
    median_error: float
    """Typical distance of the result from what was expected, as a share of it."""


class PlanResult(msgspec.Struct, frozen=True, kw_only=True):
    """What planning answers, always. Partial results say what is missing and why."""

    distribution_plan: DistributionPlan
    insights: list[Insight]
    confidence_score: float
    """Probability that the plan is within 5 % of the best possible response."""
    confidence_word: str
    confidence_drivers: list[str]
    partial: bool
    missing: list[str]
    warnings: list[str]
    facts: list[Fact] = []


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    file_id: str
    name: str
    revision: str
    rows: int
    quarantined: int = 0
    """Cells with spend that could not be understood and count for nothing."""


@named("plan.requested")
class PlanRequested(Event, frozen=True, kw_only=True):
    campaign_id: str
    brief: Brief


@named("plan.finding_stored")
class FindingStored(Event, frozen=True, kw_only=True):
    """What one agent found. A crashed analysis is put together from these."""

    campaign_id: str
    planning_id: str
    agent: str
    summary: str
    blob: str
    """Address of the agent's output in the blob store."""


@named("plan.produced")
class PlanProduced(Event, frozen=True, kw_only=True):
    campaign_id: str
    planning_id: str
    """The workflow id of the run."""
    result: PlanResult
    sources: list[SourceFile]
    draws: str | None
    """Blob address of the kept posterior draws, for what-if questions."""


@named("plan.partially_produced")
class PlanPartiallyProduced(Event, frozen=True, kw_only=True):
    campaign_id: str
    planning_id: str
    result: PlanResult
    sources: list[SourceFile]
    draws: str | None


@named("plan.failed")
class PlanFailed(Event, frozen=True, kw_only=True):
    campaign_id: str
    planning_id: str
    reason: str


@named("plan.approved")
class PlanApproved(Event, frozen=True, kw_only=True):
    campaign_id: str


@named("plan.declined")
class PlanDeclined(Event, frozen=True, kw_only=True):
    campaign_id: str
    reason: str = ""


@named("plan.changes_requested")
class PlanChangesRequested(Event, frozen=True, kw_only=True):
    """Neither yes nor no: what should be different in the next plan."""

    campaign_id: str
    note: str


@named("plan.decision_undone")
class DecisionUndone(Event, frozen=True, kw_only=True):
    campaign_id: str
