"""`media-planner plan HISTORY.csv BUDGET`: a plan from a file, without any server."""

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from datetime import date

    from events.plan import Brief
    from worker.planning.history import History
    from worker.planning.planner import Planned

GOALS = ("most_response", "least_cost", "target_cpa", "target_roas")
REGIMES = ("auto", "channel", "attributed", "total")


def plan(
    history: Annotated[
        Path, typer.Argument(help="CSV with the columns date, channel, spend and any of revenue, conversions, clicks.")
    ],
    budget: Annotated[str, typer.Argument(help="What may be spent over the plan, for example 50000.")],
    goal: Annotated[
        str, typer.Option(help="One of: most_response, least_cost, target_cpa, target_roas.")
    ] = "most_response",
    target: Annotated[
        str | None, typer.Option(help="The response, cost per conversion or return the goal asks for.")
    ] = None,
    periods: Annotated[int, typer.Option(help="How many periods of the history (weeks or days) to plan.", min=1)] = 1,
    regime: Annotated[
        str, typer.Option(help="What the channels' response means: auto, channel, attributed or total.")
    ] = "auto",
    seed: Annotated[int, typer.Option(help="The same seed and history give the same plan.")] = 1,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    scoring: Annotated[bool, typer.Option("--scoring", help="Print one flat JSON object: amounts by channel.")] = False,
) -> None:
    """Split a budget over the channels of a history. Needs no server."""
    from worker.planning.history import UnusableHistory
    from worker.planning.limits import BriefProblem

    try:
        planned = _plan(history, budget, goal, target, periods, regime, seed, worded=not scoring)
    except (UnusableHistory, BriefProblem) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from problem
    if scoring:
        typer.echo(_json(_flat(planned)))
    elif json:
        typer.echo(_json(_whole(planned)))
    else:
        from worker.planning import terminal

        terminal.show(planned.result)


def _plan(
    path: Path, budget: str, goal: str, target: str | None, periods: int, regime: str, seed: int, *, worded: bool
) -> "Planned":
    from worker.planning.history import from_csv

    money = _money(budget, "budget")
    history = from_csv(path)
    brief = _brief(history, money, goal, None if target is None else _money(target, "target"), periods, regime, seed)
    from worker.planning import planner
    from worker.planning.language_model import LanguageModelSettings, from_settings

    return planner.plan(brief, history, words=from_settings(LanguageModelSettings()) if worded else None)


def _money(text: str, name: str) -> Decimal:
    from worker.planning.limits import BriefProblem

    try:
        value = Decimal(text.replace("_", "").replace(",", ""))
    except InvalidOperation as problem:
        raise BriefProblem(f"The {name} {text!r} is no number. Write it like 50000 or 50000.00.") from problem
    if not value.is_finite() or value <= 0:
        raise BriefProblem(f"The {name} must be more than zero, not {text}.")
    return value


def _brief(
    history: "History", budget: Decimal, goal: str, target: Decimal | None, periods: int, regime: str, seed: int
) -> "Brief":
    from datetime import timedelta

    import msgspec

    from events.plan import Brief, Goal, Regime
    from worker.planning import panel
    from worker.planning.limits import CENT, BriefProblem

    start = known_until(history) + timedelta(days=1)
    try:
        chosen, meaning = msgspec.convert(goal, Goal), msgspec.convert(regime, Regime)
    except msgspec.ValidationError as problem:
        raise BriefProblem(f"Choose a goal of {', '.join(GOALS)} and a regime of {', '.join(REGIMES)}.") from problem
    draft = Brief(
        title="plan",
        budget=budget.quantize(CENT),
        start=start,
        end=start,
        goal=chosen,
        target=target,
        regime=meaning,
        seed=seed,
    )
    days = panel.build(draft, history).days
    return msgspec.structs.replace(
        draft, start=start + timedelta(days=days - 1), end=start + timedelta(days=days - 1 + days * periods - 1)
    )


def known_until(history: "History") -> "date":
    """Last date of the history."""
    last = history.rows.select("date").to_series().to_list()
    return max(last)


def _json(value: object) -> str:
    import msgspec

    return msgspec.json.encode(value).decode()


def _flat(planned: "Planned") -> dict[str, Any]:
    plan, result = planned.result.distribution_plan, planned.result
    flat: dict[str, Any] = {line.channel: float(line.amount) for line in plan.lines}
    flat["confidence_score"] = result.confidence_score
    if plan.uplift is not None:
        flat["uplift80"] = [plan.uplift.low, plan.uplift.high]
    return flat


def _whole(planned: "Planned") -> dict[str, Any]:
    result = planned.result
    plan = result.distribution_plan
    return {
        "distribution_plan": plan,
        "allocation": {line.channel: float(line.amount) for line in plan.lines},
        "insights": result.insights,
        "confidence_score": result.confidence_score,
        "uplift80": None if plan.uplift is None else [plan.uplift.low, plan.uplift.high],
        "partial": result.partial,
        "warnings": result.warnings,
    }


if __name__ == "__main__":
    sys.argv[0] = "plan"
    typer.run(plan)
