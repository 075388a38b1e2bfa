"""The first day of the sandbox: its accounts, and the sample files in their places."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from worker.google_drive.sandbox import edits
from worker.google_drive.sandbox.accounts import ACCOUNTS, MARA
from worker.google_drive.sandbox.cell_formats import serial
from worker.google_drive.sandbox.native_sheets import Cell, Content, Tab, keep_tabs, trim
from worker.google_drive.sandbox.samples_format import SampleFile
from worker.google_drive.sandbox.samples_format import Tab as SampleTab
from worker.google_drive.sandbox.state import FOLDER, SPREADSHEET, File, State

FILES_SEED = "sandbox"


def seed(state: State, *, with_samples: bool) -> None:
    """Fill an empty state. Equal samples get equal ids on every machine."""
    for account in ACCOUNTS:
        edits.add_account(state, account)
    if with_samples:
        from worker.google_drive.sandbox.samples import sample_files

        add_samples(state, sample_files(state.now()))
    state.commit()


def add_samples(state: State, samples: Iterable[SampleFile]) -> None:
    """Put files where they belong. What others own outside of shared drives is shared with Mara."""
    for sample in sorted(samples, key=lambda sample: sample.modified_at):
        file = add_sample(state, sample)
        if sample.drive is None and sample.owner != MARA.email:
            edits.share(state, file, MARA.email)


def add_sample(state: State, sample: SampleFile) -> File:
    top = edits.add_my_drive(state, sample.owner)
    if sample.drive is not None:
        signed_in = [account.email for account in ACCOUNTS if account.email == sample.owner]
        top = edits.add_drive(state, sample.drive, [MARA.email, *signed_in]).id
    parent = folder(state, top, sample.owner, sample.folder, sample.modified_at)
    file = edits.add_file(
        state,
        name=sample.name,
        mime_type=sample.mime_type,
        owner=sample.owner,
        parent=parent,
        file_id=edits.short_id(FILES_SEED, parent, sample.name),
        at=sample.modified_at,
        content=sample.data if isinstance(sample.data, bytes) else None,
    )
    if file.mime_type == SPREADSHEET and not isinstance(sample.data, bytes):
        keep_tabs(state, file, [read_tab(number, tab) for number, tab in enumerate(sample.data)])
        state.files.put(file)
    return file


def folder(state: State, top: str, owner: str, path: str, at: datetime) -> str:
    """Find or make the folders of a path. Returns the id of the last one."""
    parent = top
    for name in filter(None, path.split("/")):
        found = edits.short_id(FILES_SEED, parent, name)
        if state.files.get(found) is None:
            edits.add_file(state, name=name, mime_type=FOLDER, owner=owner, parent=parent, file_id=found, at=at)
        parent = found
    return parent


def read_tab(number: int, sample: SampleTab) -> Tab:
    rows = [[read_cell(cell) for cell in row] for row in sample.rows]
    tab = Tab(id=number, title=sample.title, rows=rows, hidden=sample.hidden, merged=list(sample.merged))
    trim(tab)
    return tab


def read_cell(cell: object) -> Content:
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, datetime):
        return Cell(serial(cell), "yyyy-mm-dd hh:mm:ss")
    if isinstance(cell, date):
        return Cell(serial(datetime(cell.year, cell.month, cell.day)), "yyyy-mm-dd")  # noqa: DTZ001 sheets know no zone
    return cell if isinstance(cell, bool | int | float | str) else None
