"""`media-planner plan HISTORY.csv BUDGET`: a plan from a file, without any server."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from worker.planning.history import History
    from worker.planning.options import Options
    from worker.planning.planner import Planned

WHAT, WHEN, HOW = "What to plan", "When", "How to answer"


def plan(
    history: Annotated[
        Path,
        typer.Argument(
            help="CSV with the columns date, channel, spend and any of revenue, conversions, clicks;"
            " or any campaign file that `media-planner read` understands."
        ),
    ],
    budget: Annotated[str, typer.Argument(help="What may be spent over the plan, for example 50000.")],
    goal: Annotated[
        str,
        typer.Option(help="One of: most_response, least_cost, target_cpa, target_roas.", rich_help_panel=WHAT),
    ] = "most_response",
    target: Annotated[
        str | None,
        typer.Option(help="The response, cost per conversion or return the goal asks for.", rich_help_panel=WHAT),
    ] = None,
    response: Annotated[
        str, typer.Option(help="What counts: auto, revenue, conversions or clicks.", rich_help_panel=WHAT)
    ] = "auto",
    regime: Annotated[
        str,
        typer.Option(
            help="What the channels' response means: auto, channel, attributed or total.", rich_help_panel=WHAT
        ),
    ] = "auto",
    limit: Annotated[
        list[str] | None,
        typer.Option(help="Bounds of a channel, such as Search=1000..5000. Repeatable.", rich_help_panel=WHAT),
    ] = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(help="A channel that keeps today's share of the money. Repeatable.", rich_help_panel=WHAT),
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="First day, such as 2026-01-05. Else after the history.", rich_help_panel=WHEN)
    ] = None,
    end: Annotated[str | None, typer.Option(help="Last day, inclusive.", rich_help_panel=WHEN)] = None,
    weeks: Annotated[int | None, typer.Option(help="How many weeks.", min=1, rich_help_panel=WHEN)] = None,
    periods: Annotated[
        int | None,
        typer.Option(
            help="How many periods of the history (days, weeks or months); one if nothing else is said.",
            min=1,
            rich_help_panel=WHEN,
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Of the answer: en or de.", rich_help_panel=HOW)] = "en",
    seed: Annotated[int, typer.Option(help="The same seed and history give the same plan.", rich_help_panel=HOW)] = 1,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.", rich_help_panel=HOW)] = False,
    scoring: Annotated[
        bool,
        typer.Option("--scoring", help="Print one flat JSON object: amounts by channel.", rich_help_panel=HOW),
    ] = False,
) -> None:
    """Split a budget over the channels of a history. Needs no server."""
    from worker.planning.history import UnusableHistory
    from worker.planning.limits import BriefProblem
    from worker.planning.options import Options
    from worker.planning.voice import Voice

    options = Options(budget, goal, target, response, regime, limit or (), lock or (), start, end, weeks, periods, seed)
    try:
        planned = _plan(history, options, language, worded=not scoring)
    except (UnusableHistory, BriefProblem) as problem:
        typer.echo(problem.said(Voice(language)), err=True)
        raise typer.Exit(2) from problem
    if scoring:
        typer.echo(_json(_flat(planned)))
    elif json:
        typer.echo(_json(_whole(planned)))
    else:
        from worker.planning import terminal

        terminal.show(planned.result, language=language)


def _plan(path: Path, options: "Options", language: str, *, worded: bool) -> "Planned":
    from worker.planning.options import brief, budget_of, require_language

    require_language(language)  # a slip in the command is told before the file is read
    budget_of(options)
    history = _history(path)
    wanted = brief(options, history, datetime.now(UTC).date())
    from worker.planning import planner
    from worker.planning.language_model import LanguageModelSettings, from_settings
    from worker.trouble import settings_told

    with settings_told():
        words = from_settings(LanguageModelSettings()) if worded else None
    return planner.plan(wanted, history, words=words, language=language)


def _history(path: Path) -> "History":
    from worker.planning.history import UnusableHistory, from_csv

    try:
        return from_csv(path)
    except UnusableHistory:
        from worker.planning.campaign_file import from_campaign_file

        if history := from_campaign_file(path):
            return history
        raise


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
        "facts": result.facts,
        "confidence_score": result.confidence_score,
        "confidence_word": result.confidence_word,
        "confidence_drivers": result.confidence_drivers,
        "uplift80": None if plan.uplift is None else [plan.uplift.low, plan.uplift.high],
        "partial": result.partial,
        "missing": result.missing,
        "warnings": result.warnings,
    }


if __name__ == "__main__":
    sys.argv[0] = "plan"
    typer.run(plan)
