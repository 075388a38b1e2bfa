"""The steps of making a plan, as a person follows them."""

from dataclasses import dataclass

from dashboard.voice import Voice
from worker.contracts import STAGES, Progress


@dataclass(frozen=True)
class Step:
    label: str
    state: str
    """done | running | ahead"""


@dataclass(frozen=True)
class ProgressView:
    headline: str
    percent: int
    steps: list[Step]


def progress_view(voice: Voice, progress: Progress | None) -> ProgressView:
    """Without an answer from the workflow nothing is claimed to be done."""
    names = [name for name, _ in STAGES if name != "done"]
    status = progress.status if progress else ""
    reached = len(names) if status == "done" else names.index(status) if status in names else -1
    steps = [Step(voice.say(f"stage.{name}"), _state(place, reached)) for place, name in enumerate(names)]
    if reached < 0:
        return ProgressView(voice.say("progress.starting"), 0, steps)
    current = min(reached, len(names) - 1)
    headline = voice.say("progress.step", number=current + 1, of=len(names), stage=steps[current].label)
    return ProgressView(headline, progress.percent_complete if progress else 0, steps)


def _state(place: int, reached: int) -> str:
    if place < reached:
        return "done"
    return "running" if place == reached else "ahead"
