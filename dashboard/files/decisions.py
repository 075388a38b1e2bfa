"""Buttons with which people decide about a file: for those who may, with a word when it is done."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from dashboard import parts, problems
from dashboard.access import file_commands
from dashboard.visits import Visit
from events.campaign_file import FilePins
from projections.files import CampaignFile

_DONE, _UNDO = ":material/check:", ":material/undo:"


def offer(
    visit: Visit,
    label: str,
    decide: Callable[[], None],
    done: str,
    *,
    icon: str | None = _DONE,
    only: str = "file.pins.only_planners",
    **look: object,
) -> None:
    """Make a button. `done` and `only` are words: what is said afterwards, and to those who may not."""
    parts.command_button(
        visit,
        label,
        lambda: carry_out(visit, decide, done, icon or _DONE),
        allowed=visit.may("planner"),
        help_text=visit.say(only),
        icon=icon,
        **look,
    )


def offer_undo(visit: Visit, file: CampaignFile, label: str) -> None:
    """Offer to take back the newest decision about reading a file."""
    offer(
        visit,
        visit.say(label),
        lambda: file_commands.undo_pins(visit.place, file.file_id, file.pins, datetime.now(UTC)),
        "file.pins.undone",
        icon=_UNDO,
    )


def pin(visit: Visit, file: CampaignFile, pins: FilePins) -> None:
    file_commands.pin(visit.place, file.file_id, pins, file.pins, datetime.now(UTC))


def carry_out(visit: Visit, decide: Callable[[], None], done: str, icon: str = _DONE) -> None:
    """Decide and say so, or say why not."""
    with problems.told(visit.say):
        decide()
        st.toast(visit.say(done), icon=icon)
