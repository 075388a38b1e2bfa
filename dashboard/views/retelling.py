"""Sentences that a plan was stored with, told in the workspace's language with its figures.

The planner writes numbers into its sentences when the plan is made, money with the code of its currency: 69,600 EUR.
Everywhere else that amount is \u20ac69,600. Names of channels, campaigns and files stay as they are.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from dashboard.views.plans import MONEY_RESPONSES
from dashboard.voice import Voice
from dashboard.words.planner import planner_said
from events.plan import PlanResult
from projections.plans import Plan

_NUMBER = r"(?<![\w.,:/-])(?P<whole>\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](?P<cents>\d{2}))?(?![\d:/-]|[.,]\d)"


def retold(voice: Voice, plan: Plan) -> Plan:
    """The same plan, its sentences in the workspace's language, with numbers as it writes them."""
    if plan.result is None:
        return plan
    telling = _Telling(voice, plan)
    return replace(plan, result=telling.result(plan.result))


class _Telling:
    def __init__(self, voice: Voice, plan: Plan) -> None:
        currency = plan.brief.currency
        self._language, self._currency = voice.say.language, currency
        self._figures = voice.in_currency(currency).figures
        names = "|".join(re.escape(name) for name in sorted(_names(plan), key=len, reverse=True))
        money = re.escape(currency)
        self._pattern = re.compile(
            rf"(?P<name>(?<!\w)(?:{names})(?!\w))|{_NUMBER}(?P<unit>\s?%|\s{money}\b)?|(?P<alone>\b{money}\b)"
        )
        self._returns_money = plan.result is not None and plan.result.distribution_plan.response in MONEY_RESPONSES

    def result(self, result: PlanResult) -> PlanResult:
        return replace(
            result,
            insights=[replace(one, sentence=self._told(one.sentence)) for one in result.insights],
            facts=[replace(one, text=self._told(one.text)) for one in result.facts],
            confidence_drivers=self._all(result.confidence_drivers),
            missing=self._all(result.missing),
            warnings=self._all(result.warnings),
        )

    def _all(self, sentences: Iterable[str]) -> list[str]:
        return [self._told(sentence) for sentence in sentences]

    def _told(self, sentence: str) -> str:
        return self._pattern.sub(self._written, planner_said(self._language, sentence, self._currency))

    def _written(self, found: re.Match[str]) -> str:
        if found["name"]:
            return found[0]
        if found["alone"]:
            return self._figures.symbol
        unit, cents = found["unit"] or "", found["cents"]
        number = Decimal(re.sub(r"\D", "", found["whole"]) + (f".{cents}" if cents else ""))
        if unit.endswith("%"):
            return self._figures.share(number / 100)
        if unit:
            return self._figures.money(number)
        return self._plain(number, found[0]) if cents or len(found["whole"]) > 4 else found[0]

    def _plain(self, number: Decimal, text: str) -> str:
        """Two decimals without a unit are what one unit of money brings; years and counts stay."""
        if "." not in str(number):
            return self._figures.number(number) if not text.isdigit() else text
        return self._figures.exact_money(number) if self._returns_money else self._figures.ratio(number)


def _names(plan: Plan) -> set[str]:
    """Whatever people called something: a number in it is no number."""
    split = plan.result.distribution_plan if plan.result else None
    lines = split.lines if split else []
    campaigns = {one.campaign for line in lines for one in line.campaigns}
    facts = {name for fact in (plan.result.facts if plan.result else []) for name in (fact.channel, fact.campaign)}
    found = {source.name for source in plan.sources} | {line.channel for line in lines} | campaigns | facts
    return {name for name in found if name} or {"\0"}
