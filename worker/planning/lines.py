"""The plan as people read it: one line per channel to the cent, and the curves behind it."""

from dataclasses import dataclass
from decimal import Decimal

import msgspec
import numpy as np

from events.plan import Curve, CurvePoint, Line
from worker.planning import limits, unmeasured
from worker.planning.confidence import estimate
from worker.planning.curves import Draws, Floats, respond
from worker.planning.findings import State
from worker.planning.kept import KeptDraws, keep
from worker.planning.panel import Panel
from worker.planning.split import Split

NOTHING = Decimal("0.00")
CURVE_POINTS = 41


@dataclass(frozen=True)
class Outcome:
    """Response of the whole plan per draw; None without curves."""

    plan: Floats | None = None
    current: Floats | None = None
    uplift: Floats | None = None


def in_cents(split: Split) -> list[Decimal]:
    bounds = split.room.switched(split.bounds.high > 0)
    return limits.in_cents(split.amounts * split.periods, bounds, split.budget)


def outcome(split: Split) -> Outcome:
    if split.draws is None:
        return Outcome()
    scale = split.periods * split.season
    plan = respond(split.draws, split.amounts).sum(axis=1) * scale
    current = respond(split.draws, split.current).sum(axis=1) * scale
    return Outcome(plan, current, plan / np.maximum(current, 1e-12) - 1.0)


def table(state: State, split: Split, amounts: list[Decimal]) -> list[Line]:
    """One line per channel of the history, then the channels that only the brief's limits name."""
    total = sum(amounts, NOTHING) + sum(split.room.reserved.values(), NOTHING)
    current = _today(split)
    answers = _answers(split, amounts)
    lines = [
        Line(
            channel=channel,
            amount=amounts[index],
            share=float(amounts[index] / total) if total else 0.0,
            current=current[index],
            change=amounts[index] - current[index],
            expected=estimate(answers.plan[:, index]) if answers else None,
            expected_current=estimate(answers.current[:, index]) if answers else None,
            marginal_now=float(answers.margin_now[index]) if answers else None,
            marginal_plan=float(answers.margin_plan[index]) if answers else None,
            at_least=_money(split.room.low[index]),
            at_most=_money(split.room.high[index]),
            bound_by=_bound(split, index),
            evidence=[f"return:{channel}"] if answers else [],
        )
        for index, channel in enumerate(state["panel"].channels)
    ]
    return lines + [_reserved(name, amount, total) for name, amount in split.room.reserved.items()]


def _today(split: Split) -> list[Decimal]:
    money = split.current * split.periods
    return limits.to_cents(
        money, np.zeros(len(money)), np.full(len(money), np.inf if not len(money) else money.sum() + 1), split.budget
    )


def _money(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(limits.CENT)


def _reserved(name: str, amount: Decimal, total: Decimal) -> Line:
    return Line(
        channel=name,
        amount=amount,
        share=float(amount / total) if total else 0.0,
        current=NOTHING,
        change=amount,
        expected=None,
        expected_current=None,
        marginal_now=None,
        marginal_plan=None,
        at_least=amount,
        at_most=amount,
        bound_by="floor",
        evidence=[],
    )


@dataclass(frozen=True)
class _Answers:
    plan: Floats
    current: Floats
    margin_now: Floats
    margin_plan: Floats


def _answers(split: Split, amounts: list[Decimal]) -> _Answers | None:
    if split.draws is None:
        return None
    plan = np.array([float(amount) for amount in amounts]) / split.periods
    scale = split.periods * split.season
    return _Answers(
        respond(split.draws, plan) * scale,
        respond(split.draws, split.current) * scale,
        margin(split.draws, split.current) * split.season,
        margin(split.draws, plan) * split.season,
    )


def margin(draws: Draws, spend: Floats) -> Floats:
    """Mean response per extra unit of money, per channel."""
    return margins(draws, spend).mean(axis=0)


def margins(draws: Draws, spend: Floats) -> Floats:
    """Response per extra unit of money: draws x channels."""
    width = 0.02 * np.maximum(spend, 0.05 * draws.reference)
    return (respond(draws, spend + width) - respond(draws, spend)) / width


def _bound(split: Split, index: int) -> str | None:
    amount, room = split.amounts[index] * split.periods, split.room
    slack = 0.002 * max(float(split.budget), 1.0)
    if room.locked[index]:
        return "locked"
    if room.low[index] > 0 and amount <= room.low[index] + slack:
        return "floor"
    if room.high[index] < float(split.budget) - slack and amount >= room.high[index] - slack:
        return "cap"
    if (
        split.draws is not None
        and amount >= split.caps[index] * split.periods - slack
        and amount < float(split.budget) - slack
    ):
        return "extrapolation"
    return None


def curves(state: State, split: Split) -> list[Curve]:
    if split.draws is None:
        return []
    seen = state["panel"].spend.max(axis=0)
    top = 1.25 * np.maximum(np.maximum(seen, split.amounts), 1.5 * split.current)
    spend = np.linspace(0.0, 1.0, CURVE_POINTS)[None, :] * np.maximum(top, 1e-6)[:, None]
    answers = respond(split.draws, spend)
    mean = answers.mean(axis=0)
    low, high = np.quantile(answers, [0.1, 0.9], axis=0)
    return [
        Curve(
            channel=channel,
            points=[
                CurvePoint(spend=_digits(x), mean=_digits(m), low=_digits(lo), high=_digits(hi))
                for x, m, lo, hi in zip(spend[c], mean[c], low[c], high[c], strict=True)
            ],
            now=float(split.current[c]),
            plan=float(split.amounts[c]),
            seen_up_to=float(seen[c]),
        )
        for c, channel in enumerate(state["panel"].channels)
        if channel not in unmeasured.channels(state["panel"])
    ]


def kept(panel: Panel, split: Split, amounts: list[Decimal]) -> KeptDraws | None:
    if split.draws is None:
        return None
    draws = keep(split.draws, periods=split.periods, season=split.season)
    names = split.draws.channels
    return msgspec.structs.replace(
        draws,
        unmeasured=unmeasured.channels(panel),
        days=panel.days,
        seen=dict(zip(names, panel.spend.max(axis=0).tolist(), strict=True)),
        current=dict(zip(names, (split.current * split.periods).tolist(), strict=True)),
        plan={name: float(amount) for name, amount in zip(names, amounts, strict=True)},
    )


def _digits(value: float) -> float:
    return float(f"{value:.6g}")
