"""The cards of Home: the trend, the latest plan, what needs someone, what changed."""

import streamlit as st

from dashboard import charts, parts, tables
from dashboard.access import reads
from dashboard.tables import Told
from dashboard.views.history import ROUTINE, Names, event_line, person
from dashboard.views.home import HomeView, Need
from dashboard.views.plans import plan_line
from dashboard.visits import Visit

MOST_NEEDS, MOST_CHANGES = 5, 6


def show_trend(visit: Visit, view: HomeView) -> None:
    say = visit.say
    revenue = any(week.revenue for week in view.weeks)
    parts.heading(say("home.trend" if revenue or not view.weeks else "home.trend_conversions"))
    if view.weeks:
        parts.show_chart(charts.trend(visit.voice.in_currency(view.currency), view.weeks), "trend")
    else:
        parts.note(say("home.no_rows"))
    parts.note(view.left_out)


def show_latest_plan(visit: Visit, names: Names) -> None:
    say, plans = visit.say, reads.all_plans(visit.place)
    if not plans:
        parts.heading(say("home.no_plan_title"))
        parts.write(say("home.no_plan"))
        parts.go_to("new_plan", visit, say("home.make_plan"), icon=":material/add_chart:")
        return
    line = plan_line(visit.voice, plans[0], person(visit.voice, names, plans[0].requested_by))
    parts.heading(say("home.latest", title=line.title))
    parts.show_plan_line(line)
    parts.go_to("plans", visit, say("home.open_plan"), icon=":material/arrow_forward:", plan=line.campaign_id)


def show_needs(visit: Visit, view: HomeView) -> None:
    say = visit.say
    told = [_need(visit, need) for need in view.needs[:MOST_NEEDS]]
    if len(view.needs) > MOST_NEEDS:
        more = say("home.more_needs", count=len(view.needs) - MOST_NEEDS)
        told.append(Told("", parts.link_to("files", visit, more, state="needs_you")))
    st.html(tables.card(say("home.attention"), told))


def _need(visit: Visit, need: Need) -> Told:
    file = {"file": need.file_id} if need.file_id else {}
    link = parts.link_to("files", visit, visit.say("home.open_file", name=need.what), **file)
    return Told(f"{need.what}: {need.todo}", link)


def show_changes(visit: Visit, names: Names) -> None:
    say = visit.say
    entries = [entry for entry in reads.entries(visit.place, reads.Filters(), 60) if entry.name not in ROUTINE]
    lines = [event_line(visit.voice, entry, names) for entry in entries[:MOST_CHANGES]]
    told = [Told(line.sentence, when=line.ago) for line in lines] or [Told(say("home.no_changes"))]
    told.append(Told("", parts.link_to("history", visit, say("home.more_history"))))
    st.html(tables.card(say("home.changes"), told))
