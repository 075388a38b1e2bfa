"""Channels that cost money while no row ever says what they bring: not the same as bringing nothing.

They keep today's share of the money, and nothing is claimed about them.
"""

from collections.abc import Collection

import msgspec
import numpy as np

from events.plan import Brief, Limit, Line
from worker.planning.limits import BriefProblem, room
from worker.planning.panel import Panel
from worker.planning.split import shares

WORD = "unmeasured"
"""What holds such a line."""


def channels(panel: Panel) -> list[str]:
    """Those without any response of their own, where others have some and no total tells the rest."""
    heard = [bool(np.isfinite(column).any()) for column in panel.claimed.T]
    if not any(heard) or panel.has_total:
        return []
    return [name for name, told in zip(panel.channels, heard, strict=True) if not told]


def hold(brief: Brief, panel: Panel) -> Brief:
    """The brief with these channels locked, unless its own limits leave no room for that."""
    silent = channels(panel)
    locks = {name: msgspec.structs.replace(brief.limits.get(name, Limit()), locked=True) for name in silent}
    held = msgspec.structs.replace(brief, limits={**brief.limits, **locks})
    try:
        room(held, panel.channels, shares(panel) * float(brief.budget))
    except BriefProblem:
        return brief
    return held


def without_claims(lines: list[Line], silent: Collection[str]) -> list[Line]:
    return [
        msgspec.structs.replace(
            line,
            expected=None,
            expected_current=None,
            marginal_now=None,
            marginal_plan=None,
            bound_by=WORD if line.bound_by == "locked" else line.bound_by,
            evidence=[],
        )
        if line.channel in silent
        else line
        for line in lines
    ]
