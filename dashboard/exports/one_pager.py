"""The plan on one page: what to expect, what moves, the curves, how sure and why, and what to read first."""

from dashboard.exports.cells import result_of, split_of
from dashboard.exports.colors import INK, LINE, QUIET, TINTS
from dashboard.exports.page import BOTTOM, MARGIN, WIDTH, Align, Page
from dashboard.views.plan import PlanView, Row, plan_view
from dashboard.views.plans import per, response_at, response_text, response_word, subtitle
from dashboard.voice import Voice
from events.plan import Curve, DistributionPlan
from projections.plans import Plan

MOST_LINES, MOST_CURVES = 10, 3
GAP = 4.0


def plan_pdf(voice: Voice, plan: Plan, *, decided_by: str, record: str) -> bytes:
    """Write one A4 page, whatever the plan holds; what does not fit is in the workbook.

    `record` says how earlier plans came true.
    """
    split = split_of(plan)
    voice = voice.in_currency(split.currency)
    view = plan_view(voice, plan, requested_by="", decided_by=decided_by)
    page = Page(plan.brief.title, plan.produced_at or plan.requested_at)
    _head(page, voice, plan, view)
    _decision(page, voice, plan, decided_by)
    _answers(page, voice, view)
    _cautions(page, voice, view)
    _lines(page, voice, view)
    _curves(page, voice, view, split)
    _reasons(page, voice, view, record)
    _foot(page, voice, plan)
    return page.finished()


def _head(page: Page, voice: Voice, plan: Plan, view: PlanView) -> None:
    page.text(MARGIN + 140, page.y + 1.6, 42, view.badge.label, size=10, bold=True, align="R")
    page.y = page.text(MARGIN, page.y, 140, view.title, size=17, bold=True, lines=2) + 1.2
    page.y = page.text(MARGIN, page.y, WIDTH, subtitle(voice, plan), quiet=True)


def _decision(page: Page, voice: Voice, plan: Plan, decided_by: str) -> None:
    """Say who decided and when: on paper, "two hours ago" soon is not true any more."""
    if plan.decision and plan.decided_at:
        note = voice.say(f"plan.{plan.decision}_by", who=decided_by, ago=voice.figures.moment(plan.decided_at))
        page.y = page.text(MARGIN, page.y, WIDTH, note, quiet=True)
    page.y += 2


def _answers(page: Page, voice: Voice, view: PlanView) -> None:
    expected, width = view.expected, (WIDTH - 2 * GAP) / 3
    sure = view.sure.label if view.sure else "–"
    answers = [
        (expected.label, expected.value, [one for one in (expected.change, expected.note) if one]),
        (voice.say("plan.moves"), view.moves, [view.moves_note]),
        (voice.say("plan.sure"), sure, [view.sure_note]),
    ]
    for place, (label, value, notes) in enumerate(answers):
        x = MARGIN + place * (width + GAP)
        page.box(x, page.y, width, 36)
        y = page.text(x + 2, page.y + 2.5, width - 4, label, quiet=True)
        y = page.text(x + 2, y + 0.8, width - 4, value, size=15, bold=True, lines=2) + 1
        for note in notes:
            y = page.text(x + 2, y, width - 4, note, size=8, lines=4 if len(notes) == 1 else 3) + 0.4
    page.y += 36 + GAP


def _cautions(page: Page, voice: Voice, view: PlanView) -> None:
    for key, sentences in (("plan.missing_parts", view.missing), ("plan.warnings", view.warnings)):
        if sentences:
            page.heading(voice.say(key))
            page.bullets(sentences[:3], BOTTOM)
            page.y += GAP / 2


def _lines(page: Page, voice: Voice, view: PlanView) -> None:
    page.heading(voice.say("plan.where"))
    if not view.lines:
        page.y = page.text(MARGIN, page.y, WIDTH, voice.say("export.no_lines")) + GAP
        return
    columns = ("channel", "now", "plan", "change", "share", "expected")
    labels = [voice.say(f"plan.column.{name}") for name in columns]
    rows = [_cells(row, labels) for row in view.lines[:MOST_LINES]]
    page.table(labels, rows, (35, 24, 24, 25, 15, 59))
    if len(view.lines) > MOST_LINES:
        more = voice.say("export.more_lines", count=len(view.lines) - MOST_LINES)
        page.y = page.text(MARGIN, page.y + 0.6, WIDTH, more, size=8, quiet=True)
    page.y += GAP


def _cells(row: Row, labels: list[str]) -> list[str]:
    return [row.get(label, "") for label in labels]


def _curves(page: Page, voice: Voice, view: PlanView, split: DistributionPlan) -> None:
    page.heading(voice.say("plan.curve"))
    chosen = [curve for name in view.channels_with_curve for curve in split.curves if curve.channel == name]
    if not chosen:
        page.y = page.text(MARGIN, page.y, WIDTH, voice.say("plan.no_curves"), lines=2) + GAP
        return
    width = (WIDTH - (MOST_CURVES - 1) * GAP) / MOST_CURVES
    for place, curve in enumerate(chosen[:MOST_CURVES]):
        _curve(page, voice, split, curve, MARGIN + place * (width + GAP), width)
    page.y += 52
    response, symbol = response_word(voice, split.response), voice.figures.symbol
    note = voice.say("export.curve_note", response=response, per=per(voice, split), symbol=symbol)
    page.y = page.text(MARGIN, page.y, WIDTH, note, size=8, quiet=True, lines=2) + GAP


def _curve(page: Page, voice: Voice, split: DistributionPlan, curve: Curve, x: float, width: float) -> None:
    """Draw the band, the curve, and where today, the plan and the most ever spent stand."""
    top, height = page.y + 6, 36.0
    most_spend, most = curve.points[-1].spend or 1.0, max(point.high for point in curve.points) or 1.0

    def place(spend: float, value: float) -> tuple[float, float]:
        return x + spend / most_spend * width, top + height - value / most * height

    page.text(x, page.y, width, curve.channel, bold=True)
    upper = [place(point.spend, point.high) for point in curve.points]
    lower = [place(point.spend, point.low) for point in reversed(curve.points)]
    page.area([*upper, *lower], TINTS[0])
    page.stroke([(x, top), (x, top + height), (x + width, top + height)], 0.25, LINE)
    page.stroke([place(point.spend, point.mean) for point in curve.points])
    for spend, dash in ((curve.now, 1.2), (curve.plan, 0.0), (curve.seen_up_to, 0.4)):
        if spend <= most_spend:
            page.stroke([place(spend, 0), place(spend, most)], 0.3, QUIET if dash else INK, dash)
    money, y = voice.figures.short_money, top + height + 0.8
    page.text(x, y, width, f"{voice.say('chart.mark_now')} {money(curve.now)}", size=7.5, quiet=True)
    planned = f"{voice.say('chart.mark_plan')} {money(curve.plan)}"
    page.text(x, y, width, planned, size=7.5, quiet=True, align="R")
    sides: dict[Align, float] = {"L": curve.now, "R": curve.plan}
    for align, spend in sides.items():
        answer = response_text(voice, split.response, response_at(curve, spend))
        page.text(x, y + 3.4, width, voice.say("export.brings", answer=answer), size=7.5, quiet=True, align=align)


def _reasons(page: Page, voice: Voice, view: PlanView, record: str) -> None:
    findings = [f"{one.sentence} {one.stake}" for one in view.findings]
    surer = [sentence for sentence in view.surer if sentence not in view.missing]
    told = {"export.sure_and_why": [record, *view.drivers[:3], *findings[:5]], "surer.title": surer}
    for key, sentences in told.items():
        if any(sentences) and page.y + 14 < BOTTOM:
            page.heading(voice.say(key))
            page.bullets(filter(None, sentences), BOTTOM)
            page.y += GAP / 2


def _foot(page: Page, voice: Voice, plan: Plan) -> None:
    made, version = plan.produced_at or plan.requested_at, result_of(plan).distribution_plan.planner_version
    moment = voice.figures.moment(made)
    foot = voice.say("export.footer", moment=moment, files=len(plan.sources), version=version)
    page.text(MARGIN, BOTTOM + 2, WIDTH, f"{foot} · {voice.say('export.not_decided')}", size=7.5, quiet=True)
