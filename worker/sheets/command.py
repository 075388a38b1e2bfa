"""`media-planner read FILE...`: what the reader makes of files, for people or as JSON lines."""

import json
import sys
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from worker.sheets.reading import Pins, Reading


class DateOrder(StrEnum):
    dmy = "dmy"
    mdy = "mdy"


class DecimalMark(StrEnum):
    point = "."
    comma = ","


def read(
    files: Annotated[list[Path], typer.Argument(help="Campaign files: CSV, TSV, XLSX, XLS or ODS; - is the input.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")] = False,
    tab: Annotated[str | None, typer.Option(help="The one tab whose rows count.")] = None,
    header_row: Annotated[int | None, typer.Option(min=0, help="Row of the header; 0 says there is none.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=MEANING", help="What a column means, by header or letter: 'Preis netto=spend'."),
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Currency of the amounts, for example EUR.")] = None,
    date_order: Annotated[DateOrder | None, typer.Option(help="Order of day and month in dates.")] = None,
    decimal: Annotated[DecimalMark | None, typer.Option(help="Decimal mark of the amounts.")] = None,
) -> None:
    """Read campaign files and say what they hold, or why they can't be read."""
    from worker.sheets.reader import UnreadableFile
    from worker.sheets.reader import read as read_file

    pins = _pins(tab, header_row, column or [], currency, date_order, decimal)
    failed = False
    for path in files:
        try:
            reading = read_file(_content(path), path.name, pins)
        except UnreadableFile as error:
            failed = True
            _say_error(path, error.code, str(error), as_json=as_json)
        except OSError as error:
            failed = True
            _say_error(path, "not_found", _not_opened(path, error), as_json=as_json)
        except Exception as error:  # noqa: BLE001 - one odd file must not keep the others from being read
            failed = True
            sentence = (
                f"{path.name} could not be read ({type(error).__name__}). Save it again as CSV or XLSX and retry."
            )
            _say_error(path, "damaged", sentence, as_json=as_json)
        else:
            _say(path, reading, as_json=as_json)
    if failed:
        raise typer.Exit(1)


def _content(path: Path) -> bytes | Path:
    return sys.stdin.buffer.read() if str(path) == "-" else path


def _not_opened(path: Path, error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return f"{path} is a folder. Name the files in it, for example {path}/*.csv."
    return f"{path} can't be opened: {error.strerror}."


def _pins(
    tab: str | None, header_row: int | None, columns: list[str], currency: str | None,
    date_order: DateOrder | None, decimal: DecimalMark | None,
) -> "Pins":  # fmt: skip
    from worker.sheets.reading import Pins

    if currency is not None and not (len(currency) == 3 and currency.isalpha()):
        raise typer.BadParameter("--currency is a code of three letters, such as EUR.")
    return Pins(
        tab=tab, header_row=header_row, columns=dict(map(_meaning, columns)),
        currency=currency.upper() if currency else None,
        date_order=date_order.value if date_order else None, decimal=decimal.value if decimal else None,
    )  # fmt: skip


def _meaning(column: str) -> tuple[str, str]:
    from worker.sheets.reading import DIMENSIONS, METRICS

    header, sign, field = column.rpartition("=")
    known = (*METRICS, *DIMENSIONS, "date", "start_date", "end_date", "currency", "other")
    if not sign or field not in known:
        raise typer.BadParameter(f"--column is NAME=MEANING, where MEANING is one of {', '.join(known)}.")
    return header, field


def _say_error(path: Path, code: str, message: str, *, as_json: bool) -> None:
    if as_json:
        from worker.sheets.reading import METRICS

        _line({
            "file": str(path), "is_campaign": False, "score": 0.0, "reasons": [], "n_rows": 0,
            "sums": dict.fromkeys(METRICS), "currency": None, "quarantined": 0, "tables": [],
            "error": {"code": code, "message": message},
        })  # fmt: skip
    else:
        from rich.console import Console

        Console(stderr=True).print(f"[red]✗[/red] {message}")


def _say(path: Path, reading: "Reading", *, as_json: bool) -> None:
    if as_json:
        _line(as_dict(path, reading))
    else:
        from worker.sheets.show import show

        show(path, reading)


def _line(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


def as_dict(path: Path, reading: "Reading") -> dict[str, Any]:
    """The answer of `--json`. `n_rows` counts sheet rows, also where a wide table gives several rows for one."""
    sums = {metric: _number(value) for metric, value in reading.sums().items()}
    return {
        "file": str(path),
        "is_campaign": reading.is_campaign,
        "score": reading.score,
        "reasons": list(reading.reasons),
        "kind": reading.kind,
        "n_rows": sum(table.n_rows for table in reading.tables if table.used),
        "sums": sums,
        "currency": reading.currency,
        "quarantined": len(reading.quarantined),
        "dropped": len(reading.dropped),
        "non_additive": list(reading.non_additive),
        "warnings": list(reading.warnings),
        "tables": [_table(table) for table in reading.tables],
    }


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _table(table: Any) -> dict[str, Any]:
    return {
        "tab": table.tab, "used": table.used, "why": table.why, "n_rows": table.n_rows, "layout": table.layout,
        "header_rows": list(table.header_rows), "date_format": table.date_format, "decimal": table.decimal,
        "currency": table.currency,
        "columns": {column.header: column.field for column in table.columns if column.field != "other"},
    }  # fmt: skip
