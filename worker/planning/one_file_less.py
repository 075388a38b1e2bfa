"""How far a plan hangs on each file: what it gains over today's mix when the returns are read without that file.

The curves keep their shapes; only each channel's level follows its return in the rows that are left. A channel that
only the left-out file tells gets the return of all others. That costs a look at the rows per file and no new fit.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from worker.planning import panel as panels
from worker.planning.curves import Floats, respond
from worker.planning.findings import State
from worker.planning.kept import curves_of
from worker.planning.panel import Panel

MOST_FILES = 20


@dataclass(frozen=True)
class Without:
    file_id: str
    name: str
    gain: float
    """Response of the plan over that of today's mix, less 1, when this file is left out."""


def of(state: State) -> list[Without]:
    """One entry per file; none where nothing is claimed, nothing moves, or there is one file only."""
    kept, history = state["allocator"].draws, state["history"]
    files = sorted(history.rows["file_id"].drop_nulls().unique().to_list())
    counted = state["brief"].file_ids
    files = [name for name in files if counted is None or name in counted]
    if kept is None or state["allocator"].step == 0 or not 2 <= len(files) <= MOST_FILES:
        return []
    draws, whole = curves_of(kept), state["panel"]
    plan = np.array([kept.plan.get(name, 0.0) for name in draws.channels]) / kept.periods
    today = np.array([kept.current.get(name, 0.0) for name in draws.channels]) / kept.periods
    names = {source.file_id: source.name for source in history.sources}
    found: list[Without] = []
    for file_id in files:
        rest = panels.build(state["brief"], replace(history, rows=history.rows.filter(pl.col("file_id") != file_id)))
        factor = factor_of(whole, rest)
        if factor is not None:
            fewer = replace(draws, level=draws.level * factor)
            before = float(respond(fewer, today).sum(axis=1).mean())
            gain = float(respond(fewer, plan).sum(axis=1).mean()) / max(before, 1e-12) - 1.0
            found.append(Without(file_id, names.get(file_id) or file_id, gain))
    return found


def factor_of(whole: Panel, rest: Panel) -> Floats | None:
    """Each channel's return in the rest over its return in the whole; None where one of the two tells none at all."""
    before, after = returns(whole), returns(rest)
    known = {name: after[name] / before[name] for name in after if before.get(name, 0.0) > 0 and after[name] > 0}
    if not known or rest.response != whole.response:
        return None
    pool = float(np.mean([after[name] for name in known]))
    own = [before.get(name, 0.0) for name in whole.channels]
    return np.array(
        [known.get(name, pool / back if back > 0 else 1.0) for name, back in zip(whole.channels, own, strict=True)]
    )


def returns(panel: Panel) -> dict[str, float]:
    """Claimed response per unit of money, where a channel has both."""
    told = np.isfinite(panel.claimed) & (panel.spend > 0)
    claimed = np.where(told, np.nan_to_num(panel.claimed), 0.0).sum(axis=0)
    money = np.where(told, panel.spend, 0.0).sum(axis=0)
    return {name: float(claimed[i] / money[i]) for i, name in enumerate(panel.channels) if money[i] > 0}
