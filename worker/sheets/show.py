"""A reading as people see it in a terminal: what was seen, what it adds up to, what was set aside or left out."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table as Grid

from worker.sheets.reading import METRICS, Reading, Table

_MOST = 8
"""Lines of each list; the rest is counted."""


def show(path: Path, reading: Reading) -> None:
    console = Console()
    mark = "[green]✓[/green]" if reading.is_campaign else "[dim]–[/dim]"
    verdict = {"actuals": "actuals", "plan": "a plan", "mixed": "plan and actuals"}[reading.kind]
    title = f"campaign file with {verdict}" if reading.is_campaign else "no campaign file"
    console.print(f"{mark} [bold]{escape(path.name)}[/bold]: {title} [dim](score {reading.score:.2f})[/dim]")
    for reason in reading.reasons:
        console.print(f"  [dim]{escape(reason)}[/dim]")
    if reading.is_campaign:
        console.print(Padding(_sums(reading), (0, 0, 0, 4)))
    for table in reading.tables:
        _show_table(console, table, several=len(reading.tables) > 1)
    _show_set_aside(console, reading)
    _show_left_out(console, reading)
    for warning in reading.warnings:
        console.print(f"  [yellow]![/yellow] {escape(warning)}")
    console.print()


def _grid(*titles: str, right: Iterable[str] = ()) -> Grid:
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title in titles:
        grid.add_column(title, justify="right" if title in right else "left", overflow="fold")
    return grid


def _sums(reading: Reading) -> Grid:
    sums = {metric: value for metric, value in reading.sums().items() if value is not None}
    grid = _grid("rows", *sums, "currency", right=("rows", *sums))
    rows = sum(one.n_rows for one in reading.tables if one.used)
    amounts = [f"{value:,.2f}" if value != value.to_integral_value() else f"{value:,.0f}" for value in sums.values()]
    grid.add_row(f"{rows:,}", *(f"[bold]{amount}[/bold]" for amount in amounts), reading.currency or "unknown")
    return grid


def _show_table(console: Console, table: Table, *, several: bool) -> None:
    header = ", ".join(map(str, table.header_rows)) or "none"
    place = f"tab “{escape(table.tab)}”" if table.tab else "table"
    about = [f"header in row {header}", f"{table.n_rows:,} rows"]
    about += [f"dates {escape(table.date_format)}"] if table.date_format else []
    about += [f"{table.currency} from {escape(table.currency_from or '')}"] if table.currency else []
    style = "" if table.used else "dim"
    console.print(f"  [cyan]{place}[/cyan]: {', '.join(about)}", style=style)
    if several or not table.used:
        console.print(f"    {'counts' if table.used else 'not counted'}: {escape(table.why)}", style=style)
    if table.used:
        console.print(Padding(_columns(table), (0, 0, 0, 4)))


def _columns(table: Table) -> Grid:
    grid = _grid("", "column", "read as", "sure", "why", right=("sure",))
    read = [column for column in table.columns if column.field != "other"]
    for column in read:
        metric = column.field.split("@")[0] in METRICS
        field = f"[green]{escape(column.field)}[/green]" if metric else escape(column.field)
        name = escape(" ".join(column.header.split()))
        grid.add_row(column.letters, name, field, f"{column.sure:.0%}", escape(column.why))
    others = [" ".join(column.header.split()) for column in table.columns if column.field == "other" and column.header]
    if others:
        grid.add_row("", f"[dim]{escape(', '.join(others[:_MOST]))}{' …' if len(others) > _MOST else ''}[/dim]",
                     "[dim]not read[/dim]", "", "")  # fmt: skip
    return grid


def _show_set_aside(console: Console, reading: Reading) -> None:
    if not reading.quarantined:
        return
    console.print(
        f"  [yellow]{len(reading.quarantined):,} cells set aside[/yellow] [dim](their rows count without them)[/dim]"
    )
    grid = _grid("cell", "field", "text", "problem")
    for cell in reading.quarantined[:_MOST]:
        place = f"{cell.tab} {cell.cell}" if cell.tab else cell.cell
        grid.add_row(escape(place), cell.field, f"“{escape(cell.raw[:40])}”", escape(cell.problem))
    console.print(Padding(grid, (0, 0, 0, 4)))
    _more(console, len(reading.quarantined))


def _show_left_out(console: Console, reading: Reading) -> None:
    if not reading.dropped:
        return
    console.print(f"  {len(reading.dropped):,} rows left out")
    grid = _grid("row", "why", "text", right=("row",))
    for dropped in reading.dropped[:_MOST]:
        grid.add_row(str(dropped.row), escape(dropped.why), f"[dim]{escape(dropped.text[:80])}[/dim]")
    console.print(Padding(grid, (0, 0, 0, 4)))
    _more(console, len(reading.dropped))


def _more(console: Console, count: int) -> None:
    if count > _MOST:
        console.print(f"    [dim]and {count - _MOST:,} more[/dim]")
