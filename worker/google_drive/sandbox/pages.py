"""The pages for people: whose files are there, what is in them, and a form to change one cell."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from worker.google_drive.sandbox import edits
from worker.google_drive.sandbox.a1_ranges import column_letters
from worker.google_drive.sandbox.accounts import CLIENT_ID, CLIENT_SECRET
from worker.google_drive.sandbox.cell_edits import Grid, edit_cell, grids, place_of
from worker.google_drive.sandbox.rendering import page
from worker.google_drive.sandbox.state import CSV, FOLDER, SPREADSHEET, XLSX, File, State

ROWS_ON_A_PAGE = 50
KINDS = {SPREADSHEET: "Google Sheet", XLSX: "Excel", CSV: "CSV"}


def routes(state: State) -> list[Route]:
    async def home(_: Request) -> Response:
        people = [(account, files_of(state, account.email)) for account in state.accounts]
        return page("home.html", people=people, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)

    async def show(request: Request) -> Response:
        file = state.files.get(request.path_params["file_id"])
        return missing() if file is None else show_file(state, file, dict(request.query_params))

    async def cell(request: Request) -> Response:
        file = state.files.get(request.path_params["file_id"])
        return missing() if file is None else change_cell(state, file, await read_form(request))

    async def trash(request: Request) -> Response:
        file = state.files.get(request.path_params["file_id"])
        if file is None:
            return missing()
        edits.trash(state, file, trashed=(await read_form(request)).get("trashed") == "yes")
        state.commit()
        return back_to(file)

    return [
        Route("/", home, methods=["GET"]),
        Route("/files/{file_id}", show, methods=["GET"]),
        Route("/files/{file_id}/cell", from_here(cell), methods=["POST"]),
        Route("/files/{file_id}/trash", from_here(trash), methods=["POST"]),
    ]


def from_here(act: Any) -> Any:
    """Let only the sandbox's own pages post its forms, not a page from elsewhere."""

    async def check(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return page("refused.html", status=403, error="cross_site", text="This form belongs to the sandbox.")
        return await act(request)

    return check


async def read_form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def missing() -> Response:
    return page("refused.html", status=404, error="not_found", text="There is no such file here.")


def back_to(file: File, **query: Any) -> Response:
    return RedirectResponse(f"/files/{file.id}" + (f"?{urlencode(query)}" if query else ""), status_code=303)


def files_of(state: State, user: str) -> list[dict[str, Any]]:
    seen = [file for file in state.files if not file.is_root and edits.may_see(state, file, user)]
    tables = [file for file in seen if file.mime_type != FOLDER]
    tables.sort(key=lambda file: file.name.casefold())
    return [card(file) | {"place": place(state, file, user)} for file in tables]


def card(file: File) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "kind": KINDS.get(file.mime_type, file.mime_type),
        "owner": file.owner,
        "changed": file.modified_at.strftime("%Y-%m-%d %H:%M UTC"),
        "version": file.version,
        "trashed": file.trashed,
    }


def place(state: State, file: File, user: str) -> str:
    drive = state.drives.get(file.drive_id) if file.drive_id else None
    if drive is None and file.owner != user:
        return f"Shared by {file.owner}"
    names: list[str] = []
    parent = state.files.get(file.parents[0]) if file.parents else None
    while parent is not None:
        names.append(parent.name)
        parent = state.files.get(parent.parents[0]) if parent.parents else None
    return " / ".join(reversed(names))


def show_file(state: State, file: File, query: dict[str, str]) -> Response:
    found = readable_grids(state, file)
    tab = min(number(query.get("tab")), max(len(found) - 1, 0))
    values: dict[str, Any] = {"grid": None, "titles": [grid.title for grid in found]}
    if found:
        values |= grid_values(found[tab], number(query.get("page")), query.get("cell", ""))
    return page("file.html", file=card(file), tab=tab, said=query.get("said", ""), **values)


def readable_grids(state: State, file: File) -> list[Grid]:
    """Show what can be shown: a damaged workbook has no cells."""
    try:
        return grids(state, file)
    except ValueError:
        return []


def grid_values(grid: Grid, number_of_page: int, cell: str) -> dict[str, Any]:
    """Cut a page out of a grid, every row as wide as the widest."""
    start = number_of_page * ROWS_ON_A_PAGE
    rows = grid.rows[start : start + ROWS_ON_A_PAGE]
    width = max((len(row) for row in rows), default=0)
    return {
        "grid": grid,
        "page": number_of_page,
        "more": len(grid.rows) > start + ROWS_ON_A_PAGE,
        "letters": [column_letters(column) for column in range(width)],
        "rows": [(start + place, row + [""] * (width - len(row))) for place, row in enumerate(rows, start=1)],
        "cell": cell,
        "value": value_at(grid, cell),
    }


def value_at(grid: Grid, cell: str) -> str:
    try:
        row, column = place_of(cell)
        return grid.rows[row][column]
    except (ValueError, IndexError):
        return ""


def change_cell(state: State, file: File, form: dict[str, str]) -> Response:
    tab, cell = number(form.get("tab")), form.get("cell", "").strip().upper()
    titles = [grid.title for grid in readable_grids(state, file)]
    where = {"tab": tab, "page": number(form.get("page")), "cell": cell}
    try:
        title = titles[min(tab, len(titles) - 1)] if titles else None
        edit_cell(state, file, title, cell, form.get("value", ""), file.owner)
    except ValueError as error:
        return back_to(file, **where, said=str(error))
    state.commit()
    return back_to(file, **where, said=f"{cell} is now {form.get('value', '') or 'empty'}.")


def number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 0
