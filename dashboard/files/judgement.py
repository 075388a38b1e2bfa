"""Whether a file is a campaign file, by people's choice."""

from datetime import UTC, datetime

import msgspec
import streamlit as st

from dashboard import parts, problems
from dashboard.access import file_commands
from dashboard.visits import Visit
from dashboard.words.reading import said
from events.campaign_file import FilePins
from projections.files import CampaignFile


def show(visit: Visit, file: CampaignFile) -> None:
    """Tell a file that does not count why, with the way to let it count."""
    if file.status != "not_campaign":
        return
    with st.container(border=True):
        parts.heading(visit.say("file.judgement.title"))
        if file.pins.is_campaign is False:
            parts.write(visit.say("file.judgement.said_no"))
            _undo_button(visit, file)
            return
        parts.write(" ".join(said(visit.say, reason) for reason in file.reasons) or visit.say("files.other.no_reason"))
        parts.note(visit.say("file.judgement.note"))
        parts.command_button(
            visit,
            visit.say("file.judgement.yes"),
            lambda: _decide(visit, file, msgspec.structs.replace(file.pins, is_campaign=True)),
            allowed=visit.may("planner"),
            help_text=visit.say("file.pins.only_planners"),
            icon=":material/check:",
            type="primary",
        )


def offer_no(visit: Visit, file: CampaignFile) -> None:
    """Let people take out a file that was taken for a campaign file."""
    parts.command_button(
        visit,
        visit.say("file.judgement.no"),
        lambda: _decide(visit, file, msgspec.structs.replace(file.pins, is_campaign=False)),
        allowed=visit.may("planner"),
        help_text=visit.say("file.pins.only_planners"),
        icon=":material/block:",
        type="tertiary",
    )


def _undo_button(visit: Visit, file: CampaignFile) -> None:
    parts.command_button(
        visit,
        visit.say("file.judgement.undo"),
        lambda: _undo(visit, file),
        allowed=visit.may("planner"),
        help_text=visit.say("file.pins.only_planners"),
        icon=":material/undo:",
    )


def _decide(visit: Visit, file: CampaignFile, pins: FilePins) -> None:
    with problems.told(visit.say):
        file_commands.pin(visit.place, file.file_id, pins, file.pins, datetime.now(UTC))
        word = "taken_out" if pins.is_campaign is False else "saved"
        st.toast(visit.say(f"file.judgement.{word}"), icon=":material/push_pin:")


def _undo(visit: Visit, file: CampaignFile) -> None:
    with problems.told(visit.say):
        file_commands.undo_pins(visit.place, file.file_id, file.pins, datetime.now(UTC))
        st.toast(visit.say("file.pins.undone"), icon=":material/undo:")
