"""Everything a plan can be taken away as, behind one button. A file is made only when someone asks for it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard import parts
from dashboard.exports.cells import XLSX, file_name
from dashboard.exports.google_ads import bought_there, google_ads_csv, left_over
from dashboard.exports.long_table import long_csv
from dashboard.exports.open_standard import open_standard_json
from dashboard.exports.plan_csv import plan_csv
from dashboard.exports.workbook import plan_xlsx
from dashboard.plans import outcome
from dashboard.views.history import person
from dashboard.visits import Visit, names
from projections.plans import Plan


@dataclass(frozen=True)
class Format:
    key: str
    """Of its words, and of its place in the menu."""
    ending: str
    mime: str
    make: Callable[[], bytes]


def show_downloads(visit: Visit, plan: Plan) -> None:
    """Show the menu of one plan that was made. Nothing when there is nothing to take away."""
    if plan.result is None:
        return
    say, name, split = visit.say, file_name(plan.brief.title), plan.result.distribution_plan
    rest = visit.voice.in_currency(split.currency).figures.exact_money(left_over(split))
    with st.popover(say("download.menu"), icon=":material/download:"):
        for one in _formats(visit, plan):
            with st.container(gap=None):
                parts.download(say(f"download.{one.key}"), one.make, f"{name}{one.ending}", one.mime)
                parts.note(say(f"download.{one.key}_note", rest=rest))
        if not bought_there(split):
            parts.note(say("download.google_none"))
        parts.note(say("download.pictures"))


def _formats(visit: Visit, plan: Plan) -> list[Format]:
    assert plan.result is not None
    voice = visit.voice

    def who(user: str | None) -> str:
        return person(voice, names(visit), user or "")

    def as_pdf() -> bytes:
        from dashboard.exports.one_pager import plan_pdf  # its libraries take half a second, and few ask for it

        return plan_pdf(voice, plan, decided_by=who(plan.decided_by), record=outcome.sentence(visit))

    csv, json = "text/csv", "application/json"
    found = [
        Format("xlsx", ".xlsx", XLSX, lambda: plan_xlsx(voice, plan, outcome.sentence(visit))),
        Format("pdf", ".pdf", "application/pdf", as_pdf),
        Format("csv", ".csv", csv, lambda: plan_csv(voice, plan)),
        Format("long", "-long.csv", csv, lambda: long_csv(plan)),
        Format("google", "-google-ads.csv", csv, lambda: google_ads_csv(voice, plan)),
        Format("standard", "-mpds.json", json, lambda: open_standard_json(voice, plan, who(plan.requested_by))),
    ]
    there = bought_there(plan.result.distribution_plan)
    return [one for one in found if one.key != "google" or there]
