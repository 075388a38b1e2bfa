"""Friendlier words for insights, taken only when they say exactly what the facts say."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from events.plan import Insight
from worker.planning.language_model import Ask, NoWords, as_json
from worker.planning.numbers_guard import objection
from worker.planning.voice import Voice

ROUNDS = 2
"""One question, and one more for the texts that were refused."""


@dataclass(frozen=True)
class Worded:
    insights: list[Insight]
    warnings: list[str]


def reword(insights: Sequence[Insight], channels: Sequence[str], ask: Ask, language: str = "en") -> Worded:
    """Replace sentences by the model's where they pass the guard; every other one stays as it is."""
    good: dict[str, str] = {}
    complaints: dict[str, str] = {}
    warnings: list[str] = []
    voice = Voice(language)
    for _ in range(ROUNDS):
        open_ones = [insight for insight in insights if insight.id not in good]
        if not open_ones:
            break
        try:
            texts = {text.id: text.text.strip() for text in ask(_question(open_ones, complaints)).texts}
        except NoWords as problem:
            warnings.append(f"{problem.said(voice)} {voice.say('words.plain')}")
            break
        for insight in open_ones:
            text = texts.get(insight.id, "")
            problem = objection(text, insight.sentence, channels, language)
            if problem is None:
                good[insight.id] = text
            else:
                complaints[insight.id] = problem
    return Worded([_with(insight, good.get(insight.id)) for insight in insights], warnings)


def _with(insight: Insight, text: str | None) -> Insight:
    return insight if text is None else msgspec.structs.replace(insight, sentence=text)


def _question(insights: Sequence[Insight], complaints: dict[str, str]) -> str:
    findings: list[dict[str, str]] = []
    for insight in insights:
        finding = {"id": insight.id, "finding": insight.sentence}
        if insight.id in complaints:
            finding["your last text was refused"] = complaints[insight.id]
        findings.append(finding)
    return as_json({"findings": findings})
