"""Hold the planner's scores against bars: `plan_bars.py SCORES.json` with what score_plans.py wrote."""

import json
import statistics
import sys
from pathlib import Path
from typing import Any

GOOD, HARM = 5.0, 0.5  # regret in percentage points, as the scorer counts them


def scores(rows: list[dict[str, Any]]) -> dict[str, float]:
    plan, keep = [row["plan"] for row in rows], [row["keep"] for row in rows]
    hits = [float(regret <= GOOD) for regret in plan]
    return {
        "mean regret, channel revenue": statistics.mean(r["plan"] for r in rows if r["regime"] == "channel"),
        "mean regret, total sales only": statistics.mean(r["plan"] for r in rows if r["regime"] != "channel"),
        "worst against keeping the mix": max(p - k for p, k in zip(plan, keep, strict=True)),
        "share of harmful plans": statistics.mean(p > k + HARM for p, k in zip(plan, keep, strict=True)),
        "regret left": sum(plan) / sum(keep),
        "Brier score of the confidence": _brier(rows, hits),
        "Brier score against the base rate's": _brier(rows, hits) / max(statistics.pvariance(hits), 1e-9),
        "share of 80 % ranges that miss": 1.0 - statistics.mean(row.get("cover") or 0.0 for row in rows),
        "crashes": float(sum(bool(row.get("error")) for row in rows)),
    }


def _brier(rows: list[dict[str, Any]], hits: list[float]) -> float:
    return statistics.mean((row["conf"] - hit) ** 2 for row, hit in zip(rows, hits, strict=True))


BARS = {
    "mean regret, channel revenue": 1.9,
    "mean regret, total sales only": 7.5,
    "worst against keeping the mix": 4.6,
    "share of harmful plans": 0.03,
    "regret left": 0.38,
    "Brier score of the confidence": 0.14,
    "Brier score against the base rate's": 0.65,
    "share of 80 % ranges that miss": 0.2,
    "crashes": 0.0,
}

if __name__ == "__main__":
    reached = scores(json.loads(Path(sys.argv[1]).read_text()))
    for name, value in reached.items():
        print(f"{'✓' if value <= BARS[name] else '✗'} {name}: {value:.3f} (bar {BARS[name]})")
    sys.exit(any(value > BARS[name] for name, value in reached.items()))
