"""Hold the planner's scores against bars: `plan_bars.py SCORES.json` with what score_plans.py wrote."""

import json
import statistics
import sys
from pathlib import Path

GOOD, HARM = 5.0, 0.5  # regret in percentage points, as the scorer counts them


def scores(rows: list[dict[str, float]]) -> dict[str, float]:
    plan, keep = [row["plan"] for row in rows], [row["keep"] for row in rows]
    hits = [float(regret <= GOOD) for regret in plan]
    return {
        "mean regret, channel revenue": statistics.mean(r["plan"] for r in rows if r["regime"] == "channel"),
        "mean regret, total sales only": statistics.mean(r["plan"] for r in rows if r["regime"] != "channel"),
        "worst against keeping the mix": max(p - k for p, k in zip(plan, keep, strict=True)),
        "share of harmful plans": statistics.mean(p > k + HARM for p, k in zip(plan, keep, strict=True)),
        "regret left": sum(plan) / sum(keep),
        "Brier score of the confidence": statistics.mean((r["conf"] - h) ** 2 for r, h in zip(rows, hits, strict=True)),
        "crashes": float(sum(bool(row.get("error")) for row in rows)),
    }


BARS = {
    "mean regret, channel revenue": 2.2,
    "mean regret, total sales only": 7.6,
    "worst against keeping the mix": 6.5,
    "share of harmful plans": 0.06,
    "regret left": 0.38,
    "Brier score of the confidence": 0.135,
    "crashes": 0.0,
}

if __name__ == "__main__":
    reached = scores(json.loads(Path(sys.argv[1]).read_text()))
    for name, value in reached.items():
        print(f"{'✓' if value <= BARS[name] else '✗'} {name}: {value:.3f} (bar {BARS[name]})")
    sys.exit(any(value > BARS[name] for name, value in reached.items()))
