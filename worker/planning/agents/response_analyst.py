"""Tells how each channel answers to money, with everything that is not known about it."""

import numpy as np

from worker.planning import evidence, fit_process, prior, season
from worker.planning.findings import AnalystFinding, State, days_of
from worker.planning.kept import keep
from worker.planning.model import Fit
from worker.planning.voice import Voice

NO_CURVES = {"mix", "none"}


def begin(state: State) -> fit_process.Running | None:
    """Let the fit run already while everything else loads; None when there is nothing to fit or no time for it."""
    judgement = evidence.judge(state["brief"], state["panel"], Voice(state["language"]))
    if "trouble" in state or judgement.level in NO_CURVES:
        return None
    return fit_process.Running(evidence.evidence(state["panel"], judgement.regime), state["brief"].seed)


def run(state: State) -> AnalystFinding:
    judgement = state["data_steward"].judgement
    if judgement.level in NO_CURVES:
        return _nothing(judgement.why)
    trouble, running = state.get("trouble"), state.get("running")
    if running is not None:
        try:
            return _finding(state, running.answer(), "fit")
        except fit_process.FitFailed:
            trouble = Voice(state["language"]).say("warning.no_fit")
    task = evidence.evidence(state["panel"], judgement.regime)
    return _finding(state, prior.fit(task, state["brief"].seed), "prior", trouble)


def _nothing(why: str) -> AnalystFinding:
    return AnalystFinding(summary=why, draws=None, season=[], noise=0.0, method="none", warnings=[], missing=[])


def _finding(state: State, fit: Fit, method: str, trouble: str | None = None) -> AnalystFinding:
    panel, brief = state["panel"], state["brief"]
    days = days_of(brief)
    factors = np.ones(days)
    if state["data_steward"].judgement.regime == "channel":
        factors = season.factors(panel, fit.season, brief.start, days)
    voice = Voice(state["language"])
    warnings = [] if fit.complete else [voice.say("warning.cut_short")]
    if trouble is not None:
        warnings.append(f"{trouble} {voice.say('warning.rough')}")
    return AnalystFinding(
        summary=_summary(fit, method, voice),
        draws=keep(fit.draws, periods=days / panel.days, season=float(factors.mean())),
        season=factors.tolist(),
        noise=float(fit.noise.mean()),
        method=method,
        warnings=warnings,
        missing=[] if trouble is None else [voice.say("missing.curves")],
    )


def _summary(fit: Fit, method: str, voice: Voice) -> str:
    count = len(fit.draws.channels)
    if method == "prior":
        return voice.say("summary.rough", channels=count)
    return voice.say("summary.curves", channels=count, draws=len(fit.draws.level))
