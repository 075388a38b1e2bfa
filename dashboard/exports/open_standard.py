"""The plan in the Media Plan Open Data Standard, version 3.0: one JSON document that other planning tools read.

Source of the fields: github.com/planmatic/mediaplanschema, schemas/3.0. What the standard has no field for (today's
amount, ranges, weeks) stands in `custom_properties`, where readers that do not know it leave it alone.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from dashboard.exports.campaigns import by_campaign, cuts
from dashboard.exports.cells import result_of, shared_out, split_of
from dashboard.views.badges import badge
from dashboard.views.plans import plan_state, response_word, sorted_lines
from dashboard.voice import Voice
from events.plan import DistributionPlan, Estimate, Line
from projections.plans import Plan

SCHEMA_VERSION = "3.0"
METRICS = {"conversions": "metric_conversions", "clicks": "metric_clicks", "impressions": "metric_impressions"}
OWN_METRIC = "metric_custom1"
"""Where results go that the standard has no metric for, such as revenue; the dictionary tells its caption."""
Json = dict[str, Any]
_encoder = msgspec.json.Encoder(decimal_format="number")


def open_standard_json(voice: Voice, plan: Plan, made_by: str) -> bytes:
    split = split_of(plan)
    document = {
        "meta": _meta(plan, made_by),
        "campaign": _campaign(voice, plan, split),
        "lineitems": list(_line_items(split)),
        "dictionary": _dictionary(voice, split),
    }
    return msgspec.json.format(_encoder.encode(document), indent=2)


def _meta(plan: Plan, made_by: str) -> Json:
    result = result_of(plan)
    return {
        "id": f"{plan.campaign_id}-{plan.position}",
        "schema_version": SCHEMA_VERSION,
        "name": plan.brief.title,
        "created_by_id": plan.requested_by,
        "created_by_name": made_by,
        "created_at": (plan.produced_at or plan.requested_at).isoformat(),
        "is_current": True,
        "is_archived": False,
        "comments": "\n".join([*result.missing, *result.warnings]),
        "custom_properties": {
            "confidence_score": result.confidence_score,
            "confidence_word": result.confidence_word,
            "planner_version": result.distribution_plan.planner_version,
            "data_version": result.distribution_plan.data_version,
            "seed": result.distribution_plan.seed,
            "source_files": [source.name for source in plan.sources],
        },
    }


def _campaign(voice: Voice, plan: Plan, split: DistributionPlan) -> Json:
    campaign: Json = {
        "id": plan.campaign_id,
        "name": plan.brief.title,
        "objective": voice.say(f"goal.{split.goal}"),
        "start_date": split.start.isoformat(),
        "end_date": split.end.isoformat(),
        "budget_currency": split.currency,
        "budget_total": split.spent,
        "workflow_status_id": plan_state(plan),
        "workflow_status_name": badge(voice.say, plan_state(plan)).label,
    }
    if split.expected is not None:
        campaign |= {"kpi_name1": _metric(split), "kpi_value1": split.expected.mean}
        campaign["custom_properties"] = {"kpi_value1_range": _range(split.expected)}
    return campaign


def _line_items(split: DistributionPlan) -> Iterator[Json]:
    for place, line in enumerate(sorted_lines(split), start=1):
        amounts = by_campaign(line)
        for part, (campaign, amount) in enumerate(amounts.items(), start=1):
            yield {
                "id": f"{place}.{part}",
                "name": f"{line.channel} – {campaign}" if campaign else line.channel,
                "start_date": split.start.isoformat(),
                "end_date": split.end.isoformat(),
                "channel": line.channel,
                "cost_currency": split.currency,
                "cost_total": amount,
                "custom_properties": _own(split, line, campaign),
                **({"dim_custom1": campaign} if campaign else {}),
                **({"cost_minimum": line.at_least, "cost_maximum": line.at_most} if len(amounts) == 1 else {}),
                **_expected(split, line, amounts, campaign),
            }


def _expected(split: DistributionPlan, line: Line, amounts: dict[str, Decimal], campaign: str) -> Json:
    """Share the channel's result among its campaigns as its money is."""
    if line.expected is None:
        return {}
    mean = Decimal(repr(round(line.expected.mean, 2)))
    return {_metric(split): shared_out(mean, amounts)[campaign]}


def _own(split: DistributionPlan, line: Line, campaign: str) -> Json:
    weeks = {week.isoformat(): money for (week, name), money in cuts(split, line).items() if name == campaign}
    own: Json = {"channel_total": line.amount, "channel_today": line.current, "weeks": weeks}
    return own | ({"channel_expected_range": _range(line.expected)} if line.expected else {})


def _dictionary(voice: Voice, split: DistributionPlan) -> Json:
    campaign = {"dim_custom1": {"status": "enabled", "caption": voice.say("field.campaign")}}
    dictionary: Json = {"lineitem_custom_dimensions": campaign}
    if _metric(split) == OWN_METRIC:
        caption = response_word(voice, split.response).capitalize()[:100] or "–"
        dictionary["custom_metrics"] = {OWN_METRIC: {"status": "enabled", "caption": caption}}
    return dictionary


def _metric(split: DistributionPlan) -> str:
    return METRICS.get(split.response, OWN_METRIC)


def _range(estimate: Estimate) -> list[float]:
    return [estimate.low, estimate.high]
