"""Sheets v4: spreadsheets.get, values.get, values.batchGet and values.update."""

from typing import Any

from worker.google_drive.sandbox.a1_ranges import Area, name_of, read_area
from worker.google_drive.sandbox.api import Call, Handler
from worker.google_drive.sandbox.cell_formats import entered, value_in_json
from worker.google_drive.sandbox.edits import replace_tabs
from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.native_sheets import Content, Scalar, Tab, put_cell, tabs
from worker.google_drive.sandbox.state import SPREADSHEET, File


def bad_request(message: str, status: str | None = None) -> ApiError:
    return ApiError(400, "badRequest", message, status=status)


def spreadsheet(call: Call, *, to_edit: bool = False) -> File:
    file = call.state.files.get(call.ids["spreadsheetId"])
    if file is None or not call.sees(file):
        raise ApiError(404, "notFound", "Requested entity was not found.")
    if file.mime_type != SPREADSHEET:
        raise bad_request("This operation is not supported for this document", "FAILED_PRECONDITION")
    if to_edit:
        try:
            call.editable(file.id)
        except ApiError:
            raise ApiError(403, "forbidden", "The caller does not have permission") from None
    return file


def get_spreadsheet(call: Call) -> dict[str, Any]:
    file = spreadsheet(call)
    if call.params.get("includeGridData"):
        raise ApiError(501, "notImplemented", "The sandbox serves cells by values.get, not as grid data.")
    found = tabs(call.state, file)
    wanted = {read_area(text, found).tab.id for text in call.params.get("ranges", [])}
    return {
        "spreadsheetId": file.id,
        "properties": {
            "title": file.name,
            "locale": file.locale,
            "autoRecalc": "ON_CHANGE",
            "timeZone": "Etc/GMT",
        },
        "sheets": [sheet_view(tab, place) for place, tab in enumerate(found) if not wanted or tab.id in wanted],
        "spreadsheetUrl": f"{call.ask.base_url}/files/{file.id}",
    }


def sheet_view(tab: Tab, place: int) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "sheetId": tab.id,
        "title": tab.title,
        "index": place,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": tab.row_count, "columnCount": tab.column_count},
    }
    return {"properties": properties | ({"hidden": True} if tab.hidden else {})}


def get_values(call: Call) -> dict[str, Any]:
    file = spreadsheet(call)
    return value_range(call, file, read_area(call.ids["range"], tabs(call.state, file)))


def batch_get_values(call: Call) -> dict[str, Any]:
    file = spreadsheet(call)
    found = tabs(call.state, file)
    ranges = [value_range(call, file, read_area(text, found)) for text in call.params.get("ranges", [])]
    return {"spreadsheetId": file.id} | ({"valueRanges": ranges} if ranges else {})


def value_range(call: Call, file: File, area: Area) -> dict[str, Any]:
    """Cells of an area. Empty cells at the end of a row and empty rows at the end are left out."""
    value_option = call.params.get("valueRenderOption", "FORMATTED_VALUE")
    date_option = call.params.get("dateTimeRenderOption", "SERIAL_NUMBER")
    by_columns = call.params.get("majorDimension") == "COLUMNS"
    cells = area.columns() if by_columns else area.rows()
    values = [[value_in_json(cell, value_option, date_option, file.locale) for cell in line] for line in cells]
    body: dict[str, Any] = {"range": area.name, "majorDimension": "COLUMNS" if by_columns else "ROWS"}
    trimmed = without_empty_ends(values)
    return body | ({"values": trimmed} if trimmed else {})


def without_empty_ends(values: list[list[Scalar]]) -> list[list[Scalar]]:
    for line in values:
        while line and line[-1] == "":
            line.pop()
    while values and not values[-1]:
        values.pop()
    return values


def update_values(call: Call) -> dict[str, Any]:
    file = spreadsheet(call, to_edit=True)
    option = call.params.get("valueInputOption")
    if option not in ("RAW", "USER_ENTERED"):
        raise bad_request("'valueInputOption' is required but not specified")
    body = call.json_body()
    found = tabs(call.state, file)
    area = read_area(call.ids["range"], found)
    lines = read_lines(body)
    written = write(area, lines, parse=option == "USER_ENTERED")
    replace_tabs(call.state, file, found, call.user)
    answer: dict[str, Any] = {"spreadsheetId": file.id, "updatedRange": name_of(area, len(lines), widest(lines))}
    counts = {"updatedRows": len(lines), "updatedColumns": widest(lines), "updatedCells": written}
    return answer | {name: count for name, count in counts.items() if count}


def read_lines(body: dict[str, Any]) -> list[list[Any]]:
    lines: list[list[Any]] = body.get("values") or []
    if body.get("majorDimension") != "COLUMNS":
        return lines
    return [[line[row] if row < len(line) else None for line in lines] for row in range(widest(lines))]


def widest(lines: list[list[Any]]) -> int:
    return max((len(line) for line in lines), default=0)


def write(area: Area, lines: list[list[Any]], *, parse: bool) -> int:
    """Write values from the area's first cell on. None leaves a cell alone. Returns how many were written."""
    if area.top + len(lines) > area.bottom + 1 or area.left + widest(lines) > area.right + 1:
        raise bad_request(f"Requested writing within range [{area.name}], but the values do not fit into it.")
    written = 0
    for down, line in enumerate(lines):
        for across, value in enumerate(line):
            if value is not None:
                put_cell(area.tab, area.top + down, area.left + across, read_content(value, parse=parse))
                written += 1
    return written


def read_content(value: Any, *, parse: bool) -> Content:
    if isinstance(value, bool | int | float):
        return value
    if not isinstance(value, str):
        raise bad_request("Invalid values: a cell holds text, a number, true, false or null.")
    if parse and value.startswith("=") and len(value) > 1:
        raise bad_request("The sandbox keeps values and computes no formulas.")
    return entered(value) if parse else value


HANDLERS: dict[str, Handler] = {
    "sheets.spreadsheets.get": get_spreadsheet,
    "sheets.spreadsheets.values.batchGet": batch_get_values,
    "sheets.spreadsheets.values.get": get_values,
    "sheets.spreadsheets.values.update": update_values,
}
