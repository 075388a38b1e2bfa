"""How a file is read by people's choice: what was decided, the way back, and the form to decide."""

import streamlit as st

from dashboard import parts
from dashboard.files import decisions, reading_form
from dashboard.views.file_pins import summary
from dashboard.visits import Visit
from events.campaign_file import NO_PINS
from projections.files import CampaignFile


def show(visit: Visit, file: CampaignFile) -> None:
    say, may = visit.say, visit.may("planner")
    if file.pins.is_campaign is False:
        return
    if file.pins != NO_PINS:
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.note(summary(visit.voice, file.pins))
            decisions.offer_undo(visit, file, "file.pins.undo")
    if not may:
        if not visit.past and file.status != "needs_you":  # else the page has said so above
            parts.note(say("file.pins.only_planners"))
        return
    broken = (file.problem_code or "").startswith("pins_")
    title = say("file.pins.title" if file.revision_number else "file.judgement.where")
    shown = st.expander(title, expanded=broken, key="reading", on_change="rerun", bind="query-params")
    if shown.open:  # drawn when asked for: the form is the largest part of the page
        with shown:
            reading_form.show(visit, file)
