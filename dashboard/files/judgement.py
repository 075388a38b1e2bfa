"""Whether a file is a campaign file, by people's choice."""

from typing import Any

import msgspec
import streamlit as st

from dashboard import parts
from dashboard.files import decisions
from dashboard.visits import Visit
from dashboard.words.reading import said
from projections.files import CampaignFile


def show(visit: Visit, file: CampaignFile) -> None:
    """Tell a file that does not count why, with the way to let it count."""
    if file.status != "not_campaign":
        return
    with st.container(border=True):
        parts.heading(visit.say("file.judgement.title"))
        if file.pins.is_campaign is False:
            parts.write(visit.say("file.judgement.said_no"))
            decisions.offer_undo(visit, file, "file.judgement.undo")
            return
        parts.write(" ".join(said(visit.say, reason) for reason in file.reasons) or visit.say("files.other.no_reason"))
        parts.note(visit.say("file.judgement.note"))
        _offer(visit, file, "yes", "saved", is_campaign=True, type="primary")


def offer_no(visit: Visit, file: CampaignFile) -> None:
    """Let people take out a file that was taken for a campaign file."""
    _offer(visit, file, "no", "taken_out", is_campaign=False, icon=":material/block:", type="tertiary")


def _offer(visit: Visit, file: CampaignFile, answer: str, done: str, *, is_campaign: bool, **look: Any) -> None:
    pins = msgspec.structs.replace(file.pins, is_campaign=is_campaign)
    label, said_done = visit.say(f"file.judgement.{answer}"), f"file.judgement.{done}"
    decisions.offer(visit, label, lambda: decisions.pin(visit, file, pins), said_done, **look)
