"""A reading as people see it in a terminal."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from worker.sheets.reading import Reading


def show(path: Path, reading: Reading) -> None:
    console = Console()
    mark = "[green]✓[/green]" if reading.is_campaign else "[dim]–[/dim]"
    verdict = {"actuals": "actuals", "plan": "a plan", "mixed": "plan and actuals"}[reading.kind]
    title = f"campaign file with {verdict}" if reading.is_campaign else "no campaign file"
    console.print(f"{mark} [bold]{path.name}[/bold]: {title} [dim](score {reading.score:.2f})[/dim]")
    for reason in reading.reasons:
        console.print(f"  [dim]{reason}[/dim]")
    if reading.is_campaign:
        console.print(_sums(reading))
    for cell in reading.quarantined[:5]:
        console.print(f"  [yellow]![/yellow] {cell.tab} {cell.cell} ({cell.field}) “{cell.raw}”: {cell.problem}")
    if len(reading.quarantined) > 5:
        console.print(f"  [yellow]![/yellow] and {len(reading.quarantined) - 5} more cells set aside")
    for warning in reading.warnings:
        console.print(f"  [yellow]![/yellow] {warning}")


def _sums(reading: Reading) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    shown = {metric: value for metric, value in reading.sums().items() if value is not None}
    table.add_column("rows", justify="right")
    for metric in shown:
        table.add_column(metric, justify="right")
    table.add_column("currency")
    rows = sum(one.n_rows for one in reading.tables if one.used)
    table.add_row(f"{rows:,}", *(f"{value:,.2f}" for value in shown.values()), reading.currency or "unknown")
    return table
