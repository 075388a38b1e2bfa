"""Plans as they leave: ordinary, partial, without expectations, of one channel, empty, and with names from hell."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from dashboard.voice import Voice, voice_of
from events.plan import CampaignLine, DistributionPlan, Line, SourceFile, Week
from projections.plans import Plan
from tests.dashboard import seeding

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
RECORD = "9 of the last 10 plans landed in their range."
EVIL = ("=cmd|' /C calc'!A0", '+1+"quoted"', "-Line\nbreak", "@SUM(A1)", "Émile 🚀 ☃, Straße; \t")
CAMPAIGNS = {
    "Search": ("Brand", "Generic; DE", "=HYPERLINK(1)"),
    "Google Search": ("Brand", "Generic"),
    EVIL[0]: ("a", "-b"),
}


def voice(locale: str = "en", currency: str = "EUR") -> Voice:
    return voice_of(locale, currency, NOW)


def plan(split: DistributionPlan | None = None, *, title: str = "Q1 always-on", partial: bool = False) -> Plan:
    result = seeding.result(partial=partial)
    if split is not None:
        result = msgspec.structs.replace(result, distribution_plan=split)
    source = SourceFile(file_id=seeding.GOOD_FILE, name="=Search; Video.gsheet", revision="ab12", rows=52)
    return Plan(
        workspace="acme",
        campaign_id="c1",
        brief=seeding.brief(title),
        status="partial" if partial else "ready",
        requested_by="pia",
        requested_at=NOW,
        produced_at=NOW,
        result=result,
        sources=[source],
        position=41,
    )


def renamed(names: tuple[str, ...]) -> DistributionPlan:
    """Give the channels other names, in lines, weeks and curves; only as many channels stay as there are names."""
    split = seeding.split()
    new = dict(zip([line.channel for line in split.lines], names, strict=False))
    kept = [line for line in split.lines if line.channel in new]
    spent = sum((line.amount for line in kept), Decimal(0))
    return msgspec.structs.replace(
        split,
        spent=spent,
        lines=[
            msgspec.structs.replace(line, channel=new[line.channel], share=float(line.amount / spent)) for line in kept
        ],
        weeks=[
            Week(start=week.start, amounts={new[name]: money for name, money in week.amounts.items() if name in new})
            for week in split.weeks
        ],
        curves=[msgspec.structs.replace(one, channel=new[one.channel]) for one in split.curves if one.channel in new],
    )


def with_campaigns(split: DistributionPlan) -> DistributionPlan:
    """Split some channels over campaigns: the first gets two thirds of what is left, and so on."""
    lines = [msgspec.structs.replace(line, campaigns=_campaigns(line)) for line in split.lines]
    return msgspec.structs.replace(split, lines=lines)


def _campaigns(line: Line) -> list[CampaignLine]:
    names, left, found = CAMPAIGNS.get(line.channel, ()), line.amount, []
    for place, name in enumerate(names, start=1):
        amount = left if place == len(names) else round(left * 2 / 3, 2)
        left -= amount
        part = {"amount": amount, "current": amount, "change": Decimal(0), "share": float(amount / line.amount)}
        found.append(CampaignLine(campaign=name, returned=2.5, sure=0.75, **part))
    return found


def no_expectation() -> DistributionPlan:
    split = seeding.split(with_curves=False)
    bare = {"expected": None, "expected_current": None, "marginal_now": None, "marginal_plan": None}
    return msgspec.structs.replace(
        split,
        lines=[msgspec.structs.replace(line, **bare) for line in split.lines],
        expected=None,
        expected_current=None,
        uplift=None,
        probability_better=None,
        level="mix",
        response="",
    )


def nothing_to_split() -> DistributionPlan:
    return msgspec.structs.replace(no_expectation(), lines=[], weeks=[], spent=Decimal(0), level="none")


def in_google() -> DistributionPlan:
    names = ("Google Search", "Meta", "YouTube", "TikTok", "Email")
    return msgspec.structs.replace(renamed(names), start=date(2027, 1, 1), end=date(2027, 3, 31))


PLANS: dict[str, Plan] = {
    "ordinary": plan(with_campaigns(seeding.split())),
    "partial": plan(seeding.split(with_curves=False), partial=True),
    "no expectation": plan(with_campaigns(no_expectation())),
    "one channel": plan(renamed(("Search",))),
    "names from hell": plan(with_campaigns(renamed(EVIL)), title="=1+1 / «Ünï» 🚀"),
    "nothing to split": plan(nothing_to_split(), partial=True),
    "google": plan(with_campaigns(in_google())),
}
