"""The same money in another file: which one counts, and the buttons that choose."""

import streamlit as st

from dashboard import parts
from dashboard.access import file_commands, file_reads, reads
from dashboard.files import decisions
from dashboard.views.file_overlaps import OverlapView, overlap_views
from dashboard.visits import Visit
from projections.overlaps import BOTH


def show(visit: Visit, file_id: str) -> None:
    present = {
        file.file_id: file.name
        for file in reads.campaign_files(visit.place)
        if file.status not in ("removed", "not_campaign")
    }
    views = overlap_views(visit.voice, file_id, file_reads.overlaps(visit.place), present)
    if not views:
        return
    with st.container(border=True):
        parts.heading(visit.say("file.overlap.title"))
        for view in views:
            parts.write(view.sentence)
            parts.note(view.why)
            _offer(visit, view)
        parts.note(visit.say("file.overlap.note"))


def _offer(visit: Visit, view: OverlapView) -> None:
    pair, key = view.pair, f"{view.pair.one}_{view.pair.other}"
    choices = dict(view.choices) | ({"": visit.say("file.overlap.undo")} if view.can_undo else {})
    with st.container(horizontal=True, vertical_alignment="center"):
        for choice, label in choices.items():
            decisions.offer(
                visit,
                parts.plain(label),
                lambda choice=choice: _choose(visit, view, choice),
                "file.overlap.done" if choice else "file.overlap.undone",
                icon=":material/undo:" if not choice else None,
                only="file.overlap.only_planners",
                key=f"overlap_{choice}_{key}_{pair.position}",
            )


def _choose(visit: Visit, view: OverlapView, choice: str) -> None:
    if choice:
        file_commands.choose_counting(visit.place, view.pair, None if choice == BOTH else choice)
    else:
        file_commands.undo_counting(visit.place, view.pair)
