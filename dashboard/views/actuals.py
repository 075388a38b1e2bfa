"""A plan against what happened, and the track record: how plans come true, in a marketer's words."""

from dataclasses import dataclass

from dashboard.views.plans import response_text, response_word
from dashboard.voice import Voice
from events.plan import Estimate, TrackRecord
from projections.actuals import Actuals, ChannelActual
from projections.track_record import Tried

Row = dict[str, str]
ON_PACE = 0.05


@dataclass(frozen=True)
class ActualsView:
    until: str
    spent: str
    planned: str
    pace: str
    brought_label: str
    brought: str | None
    expected: str
    verdict: str
    rows: list[Row]
    note: str


def actuals_view(voice: Voice, response: str, found: Actuals) -> ActualsView:
    say, figures = voice.say, voice.figures
    told = found.response is not None and found.expected is not None
    return ActualsView(
        until=say(
            "actuals.until",
            told=figures.number(found.days),
            of=figures.number(found.of_days),
            until=figures.day(found.until),
        ),
        spent=figures.money(found.spent),
        planned=say("actuals.planned", money=figures.money(found.planned)),
        pace=_pace(voice, found),
        brought_label=say("actuals.brought", response=response_word(voice, response).capitalize()),
        brought=response_text(voice, response, found.response) if found.response is not None and told else None,
        expected=_expected(voice, response, found.expected) if told else "",
        verdict=_verdict(voice, found) if told else say("actuals.no_response"),
        rows=[_row(voice, response, one, told=told) for one in found.channels],
        note=say("actuals.not_followed") if found.over and not found.followed else "",
    )


def record_sentence(voice: Voice, record: TrackRecord) -> str:
    if not record.plans:
        return voice.say("record.none")
    error = voice.figures.share(round(record.median_error, 2))
    return voice.say("record.kept", count=record.plans, inside=voice.figures.number(record.inside), error=error)


def record_rows(voice: Voice, tried: list[Tried]) -> list[Row]:
    """One row a plan whose time has begun."""
    say = voice.say
    rows: list[Row] = []
    for one in tried:
        split = one.plan.result.distribution_plan if one.plan.result else None
        response = split.response if split else ""
        came = one.actuals
        rows.append(
            {
                say("record.column_plan"): one.plan.brief.title,
                say("record.column_expected"): _range(voice, response, came.expected),
                say("record.column_result"): _answer(voice, response, came.response),
                say("record.column_said"): _said(voice, came),
            }
        )
    return rows


def _said(voice: Voice, came: Actuals) -> str:
    if not came.over:
        return voice.say("record.running", share=voice.figures.share(round(came.days / came.of_days, 2)))
    if not came.followed:
        return voice.say("record.not_followed")
    if came.inside is None:
        return voice.say("record.not_told")
    return voice.say("record.inside" if came.inside else "record.outside")


def _pace(voice: Voice, found: Actuals) -> str:
    if not found.planned:
        return ""
    off = float(found.spent / found.planned) - 1
    key = "on" if abs(off) <= ON_PACE else "ahead" if off > 0 else "behind"
    share = voice.figures.share(ON_PACE if key == "on" else round(abs(off), 2))
    return voice.say(f"actuals.pace.{key}", share=share)


def _verdict(voice: Voice, found: Actuals) -> str:
    if found.response is None or found.expected is None:
        return ""
    place = "inside" if found.inside else "above" if found.response > found.expected.high else "below"
    return voice.say(f"actuals.{place}")


def _row(voice: Voice, response: str, one: ChannelActual, *, told: bool) -> Row:
    say, money = voice.say, voice.figures.money
    row = {
        say("plan.column.channel"): one.channel,
        say("actuals.column_planned"): money(one.planned),
        say("actuals.column_spent"): money(one.spent),
        say("actuals.column_pace"): _difference(voice, one),
    }
    if told:
        row |= {
            say("actuals.column_brought"): _answer(voice, response, one.response),
            say("actuals.column_expected"): _range(voice, response, one.expected),
        }
    return row


def _difference(voice: Voice, one: ChannelActual) -> str:
    if not one.planned:
        return voice.say("actuals.unplanned") if one.spent else "–"
    return voice.figures.signed_share(round(float(one.spent / one.planned) - 1, 2))


def _answer(voice: Voice, response: str, value: float | None) -> str:
    return "–" if value is None else response_text(voice, response, value)


def _range(voice: Voice, response: str, estimate: Estimate | None) -> str:
    return "–" if estimate is None else estimate_text(voice, response, estimate)


def estimate_text(voice: Voice, response: str, estimate: Estimate) -> str:
    """Write a response with its range."""
    mean, low, high = (response_text(voice, response, value) for value in (estimate.mean, estimate.low, estimate.high))
    return voice.say("plan.estimate", mean=mean, low=low, high=high)


def _expected(voice: Voice, response: str, estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    mean, low, high = (response_text(voice, response, value) for value in (estimate.mean, estimate.low, estimate.high))
    return voice.say("actuals.expected", mean=mean, low=low, high=high)
