"""What changed in the shape of a file, and the button that says that it is right."""

import streamlit as st

from dashboard import parts, problems
from dashboard.access import file_commands
from dashboard.views.file import FileView
from dashboard.visits import Visit
from projections.files import CampaignFile


def show(visit: Visit, view: FileView) -> None:
    """Tell of changes about which nobody needs to do anything."""
    if view.drift:
        told = [*view.drift, visit.say("file.drift.harmless")]
        st.info("\n".join(f"- {parts.plain(sentence)}" for sentence in told), title=visit.say("file.drift.title"))


def offer_confirm(visit: Visit, file: CampaignFile) -> None:
    parts.command_button(
        visit,
        visit.say("file.drift.confirm"),
        lambda: _confirm(visit, file),
        allowed=visit.may("planner"),
        help_text=visit.say("file.drift.only_planners"),
        icon=":material/check:",
        type="primary",
    )


def _confirm(visit: Visit, file: CampaignFile) -> None:
    with problems.told(visit.say):
        file_commands.confirm_drift(visit.place, file.file_id, file.revision_number)
        st.toast(visit.say("file.drift.confirmed"), icon=":material/check:")
