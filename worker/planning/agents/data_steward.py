"""Looks at the rows before anyone calculates: what they mean, how far they carry, and what is wrong with them."""

import hashlib

from worker.planning import checks, evidence
from worker.planning.findings import State, StewardFinding, days_of
from worker.planning.history import History
from worker.planning.panel import Panel
from worker.planning.voice import Voice

FAR = 2.0
"""Times the most that was ever spent in a period: from here on curves say more about the model than about the rows."""


def run(state: State) -> StewardFinding:
    panel, brief = state["panel"], state["brief"]
    voice = Voice(state["language"])
    judgement = evidence.judge(brief, panel, voice)
    warnings, missing = _gaps(panel, judgement.level, voice, brief.currency)
    warnings += _far(panel, float(brief.budget) / days_of(brief) * panel.days, voice)
    found = checks.of(panel, state["history"], voice)
    return StewardFinding(
        summary=_summary(panel, judgement.why, voice),
        judgement=judgement,
        response=panel.response,
        data_version=data_version(state["history"]),
        warnings=warnings + found.warnings,
        missing=missing,
        insights=found.insights,
        facts=found.facts,
    )


def data_version(history: History) -> str:
    """Hash of the rows: the same rows give the same version, wherever they come from."""
    return hashlib.sha256(history.rows.write_csv().encode()).hexdigest()[:16]


def _summary(panel: Panel, why: str, voice: Voice) -> str:
    if not panel.channels:
        return voice.say("summary.no_rows")
    unit = {1: "days", 7: "weeks"}.get(panel.days, "months")
    size = voice.say(
        "summary.rows", channels=len(panel.channels), count=panel.periods, unit=voice.say(f"unit.many_{unit}")
    )
    return f"{size} {why}"


def _gaps(panel: Panel, level: str, voice: Voice, money: str) -> tuple[list[str], list[str]]:
    """Warnings, and what is missing."""
    warnings: list[str] = []
    missing: list[str] = []
    if level == "none":
        missing.append(voice.say("missing.spend"))
    if panel.channels and panel.response == "none":
        missing.append(voice.say("missing.response"))
        missing += _first_test(panel, voice, money)
    if panel.spend_from == "budget":
        warnings.append(voice.say("warning.budgets"))
    if level in {"mix", "returns"} and panel.response != "none":
        missing.append(voice.say("missing.history", count=panel.periods))
    if len(panel.channels) == 1:
        warnings.append(voice.say("warning.only", channel=panel.channels[0]))
    unknown = int((~panel.known).sum())
    if unknown and unknown > 0.1 * max(panel.periods, 1):
        warnings.append(voice.say("warning.gaps", count=unknown, all=panel.periods))
    return warnings, missing


def _far(panel: Panel, budget: float, voice: Voice) -> list[str]:
    """Whether more is to be spent in a period than anyone has tried."""
    most = float(panel.spend.sum(axis=1).max(initial=0.0))
    return [voice.say("warning.far", times=budget / most)] if 0 < FAR * most < budget else []


def _first_test(panel: Panel, voice: Voice, money: str) -> list[str]:
    """What to try once the response is recorded: the largest channel, a little more, for two weeks."""
    spend = panel.current()
    if not spend.sum() > 0:
        return []
    cost = 0.2 * 2 * 7 / panel.days * float(spend.max())
    return [voice.say("missing.first_test", channel=panel.channels[int(spend.argmax())], cost=cost, money=money)]
