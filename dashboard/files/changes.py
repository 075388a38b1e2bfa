"""What one revision of a file changed, page by page: on the file's page, and wherever its event is told."""

import streamlit as st

from dashboard import parts
from dashboard.access import file_reads, reads
from dashboard.views.file import revision_rows
from dashboard.views.file_changes import changes_view
from dashboard.views.file_drift import drift_words
from dashboard.visits import Visit
from events.campaign_file import FileSynced
from events.envelope import Recorded
from projections.files import CampaignFile

PAGE = 100
"""Changed rows on a page."""
LOOKS = {"changed": "brief", "read": "brief aside", "rows": "figure aside", "difference": "figure aside"}


def offer(visit: Visit, file: CampaignFile) -> None:
    """Show the revisions of a file when they are unfolded, and what one of them changed; the newest first."""
    say = visit.say
    title = say("file.revisions", count=file.revision_number)
    asked = "revision" in st.query_params
    shown = st.expander(title, expanded=asked, key="revisions", on_change="rerun", bind="query-params")
    if shown.open:
        with shown:
            _show_revisions(visit, reads.revisions(visit.place, file.file_id))


def _show_revisions(visit: Visit, revisions: list[Recorded]) -> None:
    say = visit.say
    looks = {say(f"file.revision.{name}"): look for name, look in LOOKS.items()} | {say("field.spend"): "figure"}
    parts.show_table(revision_rows(visit.voice, revisions), say("file.revisions_table"), looks)
    if len(revisions) == reads.MOST_REVISIONS:
        parts.note(say("file.newest_revisions", count=len(revisions)))
    told = {str(one.event.revision_number): one.event for one in revisions if isinstance(one.event, FileSynced)}
    if len(told) < 2:
        return
    numbers = list(told)
    labels = {
        number: say("file.changes.of", number=number, moment=visit.voice.figures.moment(told[number].modified_at))
        for number in numbers
    }
    parts.heading(say("file.changes.title"))
    show(visit, told[_ask(visit, labels, f"revision_{told[numbers[0]].file_id}_{numbers[0]}")])


def _ask(visit: Visit, labels: dict[str, str], key: str) -> str:
    """The choice lives in the address; a newer revision or another file asks anew."""
    numbers = list(labels)
    wanted = st.query_params.get("revision", numbers[0])
    return st.selectbox(
        visit.say("file.changes.choose"),
        numbers,
        numbers.index(wanted) if wanted in labels else 0,
        format_func=labels.__getitem__,
        key=key,
        on_change=lambda: parts.set_parameter("revision", st.session_state[key]),
        width=360,
    )


def show(visit: Visit, synced: FileSynced) -> None:
    """Show what the content that an event tells of changed against the one before."""
    key = f"changes_{synced.file_id}_{synced.revision_number}"
    page = int(st.session_state.get(key) or 1)
    changes = file_reads.changes(visit.place, synced.file_id, synced.revision_number, PAGE, (page - 1) * PAGE)
    view = changes_view(visit.voice, synced, changes)
    if erased := file_reads.erased(visit.place, synced.file_id).get(synced.revision_number):
        parts.note(visit.say("file.changes.erased", day=visit.voice.figures.day(erased.date())))
    for sentence in drift_words(visit.voice, synced.drift):
        parts.note(sentence)
    parts.note(view.summary)
    if view.rows:
        parts.show_table(view.rows, visit.say("file.changes.table"))
    pages = -(-changes.total // PAGE)
    if pages > 1:
        st.pagination(pages, key=key)
