"""Home: what changed, what needs you, where the money went, and the latest plan."""

import streamlit as st

from dashboard import charts, connection, parts, reads, visits
from dashboard.views.history import ROUTINE, event_line, person
from dashboard.views.home import NumberCard, home_view
from dashboard.views.plans import plan_line

MOST_NEEDS, MOST_CHANGES = 5, 6

visit = visits.here()
say, place = visit.say, visit.place
names = visits.names(visit)
view = home_view(
    visit.voice, reads.drive(place), reads.campaign_files(place), reads.weekly(place), reads.pending(place)
)
plans = reads.all_plans(place)


def show_number(card: NumberCard) -> None:
    st.metric(
        card.label,
        card.value,
        card.delta,
        delta_color=card.better,
        delta_description=card.note or None,
        border=True,
        height="stretch",
    )


def show_trend() -> None:
    revenue = any(week.revenue for week in view.weeks)
    parts.heading(say("home.trend" if revenue or not view.weeks else "home.trend_conversions"))
    if view.weeks:
        parts.show_chart(charts.trend(visit.voice.in_currency(view.currency), view.weeks), "trend")
    else:
        parts.note(say("home.no_rows"))
    if view.left_out:
        parts.note(view.left_out)


def show_latest_plan() -> None:
    if not plans:
        parts.heading(say("home.no_plan_title"))
        parts.write(say("home.no_plan"))
        parts.go_to("new_plan", visit, say("home.make_plan"), icon=":material/add_chart:")
        return
    line = plan_line(visit.voice, plans[0], person(visit.voice, names, plans[0].requested_by))
    parts.heading(say("home.latest", title=line.title))
    parts.show_plan_line(line)
    parts.go_to("plans", visit, say("home.open_plan"), icon=":material/arrow_forward:", plan=line.campaign_id)


def show_needs() -> None:
    parts.heading(say("home.attention"))
    if not view.needs:
        parts.note(say("home.nothing_needed"))
    for need in view.needs[:MOST_NEEDS]:
        parts.write(f"{need.what}: {need.todo}")
        file = {"file": need.file_id} if need.file_id else {}
        parts.go_to("files", visit, say("home.open_file", name=need.what), icon=":material/arrow_forward:", **file)
    if len(view.needs) > MOST_NEEDS:
        parts.go_to("files", visit, say("home.more_needs", count=len(view.needs) - MOST_NEEDS))


def show_changes() -> None:
    parts.heading(say("home.changes"))
    entries = [entry for entry in reads.entries(place, reads.Filters(), 60) if entry.name not in ROUTINE]
    if not entries:
        parts.note(say("home.no_changes"))
    for line in (event_line(visit.voice, entry, names) for entry in entries[:MOST_CHANGES]):
        parts.write(f"{line.sentence} ({line.ago})")
    parts.go_to("history", visit, say("home.more_history"), icon=":material/history:")


parts.title(say("page.home"))
parts.freshness_line(visit)
if view.state == "normal":
    with st.grid(4, min_column_width=200):
        for card in view.numbers:
            show_number(card)
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        show_trend()
    with right.container(border=True, height="stretch"):
        show_latest_plan()
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        show_needs()
    with right.container(border=True, height="stretch"):
        show_changes()
else:
    connection.first_steps(visit, view.state)
    if view.state == "empty":
        parts.go_to("files", visit, say("page.files"), icon=":material/folder_open:")
