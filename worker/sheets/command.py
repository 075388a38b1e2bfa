"""`media-planner read FILE...`: what the reader makes of files, for people or as JSON lines."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from worker.sheets.reading import Reading


def read(
    files: Annotated[list[Path], typer.Argument(help="Campaign files: CSV, TSV, XLSX, XLS or ODS.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")] = False,
) -> None:
    """Read campaign files and say what they hold, or why they can't be read."""
    from worker.sheets.reader import UnreadableFile
    from worker.sheets.reader import read as read_file

    failed = False
    for path in files:
        try:
            reading = read_file(path, path.name)
        except UnreadableFile as error:
            failed = True
            _say_error(path, error.code, str(error), as_json=as_json)
        except OSError as error:
            failed = True
            _say_error(path, "not_found", f"{path} can't be opened: {error.strerror}.", as_json=as_json)
        except Exception as error:  # noqa: BLE001 - one odd file must not keep the others from being read
            failed = True
            sentence = (
                f"{path.name} could not be read ({type(error).__name__}). Save it again as CSV or XLSX and retry."
            )
            _say_error(path, "damaged", sentence, as_json=as_json)
        else:
            _say(path, reading, as_json=as_json)
    if failed and not as_json:
        raise typer.Exit(1)


def _say_error(path: Path, code: str, message: str, *, as_json: bool) -> None:
    if as_json:
        _line({
            "file": str(path), "is_campaign": False, "score": 0.0, "reasons": [], "n_rows": 0, "sums": {},
            "currency": None, "quarantined": 0, "tables": [], "error": {"code": code, "message": message},
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
