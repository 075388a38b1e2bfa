"""What changed in the shape of a file, and the button that says that it is right."""

import streamlit as st

from dashboard import parts
from dashboard.access import file_commands
from dashboard.files import decisions
from dashboard.views.file import FileView
from dashboard.visits import Visit
from projections.files import CampaignFile


def show(visit: Visit, view: FileView) -> None:
    """Tell of changes about which nobody needs to do anything."""
    if view.drift:
        told = [*view.drift, visit.say("file.drift.harmless")]
        st.info("\n".join(f"- {parts.plain(sentence)}" for sentence in told), title=visit.say("file.drift.title"))


def offer_confirm(visit: Visit, file: CampaignFile) -> None:
    decisions.offer(
        visit,
        visit.say("file.drift.confirm"),
        lambda: file_commands.confirm_drift(visit.place, file.file_id, file.revision_number),
        "file.drift.confirmed",
        only="file.drift.only_planners",
        type="primary",
    )
