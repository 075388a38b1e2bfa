"""Looks at the rows before anyone calculates: what they mean, how far they carry, and what is wrong with them."""

import hashlib

from worker.planning import checks, evidence
from worker.planning.findings import State, StewardFinding
from worker.planning.history import History
from worker.planning.panel import Panel


def run(state: State) -> StewardFinding:
    panel, brief = state["panel"], state["brief"]
    judgement = evidence.judge(brief, panel)
    warnings, missing = _gaps(panel, judgement.level)
    found = checks.of(panel, state["history"])
    return StewardFinding(
        summary=_summary(panel, judgement.why),
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


def _summary(panel: Panel, why: str) -> str:
    if not panel.channels:
        return "No row with a channel and a date counts for this plan."
    unit = {1: "days", 7: "weeks"}.get(panel.days, "months")
    return f"{len(panel.channels)} channels over {panel.periods} {unit}. {why}"


def _gaps(panel: Panel, level: str) -> tuple[list[str], list[str]]:
    warnings: list[str] = []
    missing: list[str] = []
    if level == "none":
        missing.append("Spend per channel and date: connect a campaign file that has both.")
    if panel.channels and panel.response == "none":
        missing.append("Revenue or conversions per channel and date: without them no channel can be compared.")
    if panel.spend_from == "budget":
        warnings.append("No row tells what was spent, so planned budgets stand in for spend.")
    if level in {"mix", "returns"} and panel.response != "none":
        missing.append(f"A longer history: {panel.periods} periods are known, response curves need about 26.")
    if len(panel.channels) == 1:
        warnings.append(f"{panel.channels[0]} is the only channel, so there is nothing to move.")
    unknown = int((~panel.known).sum())
    if unknown and unknown > 0.1 * max(panel.periods, 1):
        warnings.append(f"{unknown} of {panel.periods} periods have no rows at all; they count as no spend.")
    return warnings, missing
