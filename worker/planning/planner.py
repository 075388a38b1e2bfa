"""The one way to a plan: a brief and a history in, a result out. Always a result."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from events.plan import Brief, DistributionPlan, PlanResult, TrackRecord
from worker.planning import confidence, limits, panel, split, unmeasured
from worker.planning.agents import response_analyst
from worker.planning.findings import State, encode
from worker.planning.history import History
from worker.planning.language_model import Ask

VERSION = "5"
"""Raised when the same rows, brief and seed give another plan than before."""

OnStage = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True)
class Planned:
    result: PlanResult
    draws: bytes | None
    """Kept curves for what-if questions; None when there are none."""


def plan(
    brief: Brief,
    history: History,
    *,
    on_stage: OnStage | None = None,
    found: Mapping[str, bytes] | None = None,
    words: Ask | None = None,
    language: str = "en",
    track: TrackRecord | None = None,
) -> Planned:
    """Let the agents plan. Raises BriefProblem when the brief contradicts itself or the history's channels.

    `on_stage(agent, {"summary": str, "blob": bytes})` hears each agent's outcome; `found` gives outcomes that an
    earlier run stored, by agent, so that its work is not done twice. `words` is the language model to ask for
    friendlier wording, see `language_model.from_settings`; without it the templates speak. `language` is that of the
    sentences, a locale such as de_CH will do. `track` says how earlier plans of the workspace turned out.
    """
    state = _begin(brief, history, language)
    if track is not None:
        state["track"] = track
    if words is not None:
        state["words"] = words
    return _run(state, on_stage=on_stage, found=found or {})


def assemble_partial(
    brief: Brief, history: History, found: Mapping[str, bytes], why: str, language: str = "en"
) -> Planned:
    """A partial plan within seconds, from what the agents had stored. `why` says in a sentence what went wrong."""
    state = _begin(brief, history, language)
    state["trouble"] = why
    return _run(state, on_stage=None, found=found)


def _begin(brief: Brief, history: History, language: str) -> State:
    limits.check(brief)
    table = panel.build(brief, history)
    limits.room(brief, table.channels, split.shares(table) * float(brief.budget))
    return cast(
        State, {"brief": unmeasured.hold(brief, table), "history": history, "panel": table, "language": language}
    )


def _run(state: State, *, on_stage: OnStage | None, found: Mapping[str, bytes]) -> Planned:
    def told(agent: str, finding: msgspec.Struct) -> None:
        if on_stage is not None:
            on_stage(agent, {"summary": getattr(finding, "summary", ""), "blob": encode(finding)})

    with contextlib.ExitStack() as stack:
        running = None if "response_analyst" in found else response_analyst.begin(state)
        if running is not None:
            state["running"] = stack.enter_context(running)
        from worker.planning import graph  # LangGraph takes over a second to import: the fit has begun meanwhile

        final = graph.run(state, told=told, found=found)
    kept = final["allocator"].draws
    return Planned(_result(final), encode(kept) if kept is not None else None)


def _result(state: State) -> PlanResult:
    steward, analyst, critic, narrator = (
        state["data_steward"],
        state["response_analyst"],
        state["critic"],
        state["narrator"],
    )
    trouble = state.get("trouble")
    missing = [*steward.missing, *analyst.missing]
    warnings = [*([trouble] if trouble else []), *steward.warnings, *analyst.warnings]
    warnings += [*state["allocator"].warnings, *critic.warnings, *narrator.warnings]
    return PlanResult(
        distribution_plan=_distribution(state),
        insights=narrator.insights,
        confidence_score=critic.confidence,
        confidence_word=confidence.word(critic.confidence),
        confidence_drivers=critic.drivers,
        partial=trouble is not None or bool(missing) or steward.judgement.level != "curves",
        missing=missing,
        warnings=list(dict.fromkeys(warnings)),
        facts=narrator.facts,
    )


def _distribution(state: State) -> DistributionPlan:
    brief, steward, allocator = state["brief"], state["data_steward"], state["allocator"]
    return DistributionPlan(
        lines=allocator.lines,
        budget=brief.budget,
        spent=allocator.spent,
        currency=brief.currency,
        start=brief.start,
        end=brief.end,
        goal=brief.goal,
        response=steward.response,
        regime=steward.judgement.regime,
        level=steward.judgement.level,
        expected=allocator.expected,
        expected_current=allocator.expected_current,
        uplift=allocator.uplift,
        probability_better=allocator.probability_better,
        weeks=allocator.weeks,
        curves=allocator.curves,
        data_version=steward.data_version,
        planner_version=VERSION,
        seed=brief.seed,
    )
