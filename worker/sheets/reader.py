"""Reads a campaign file: bytes in, typed rows out, and an account of everything that is no row. No I/O but the file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from worker.sheets import (
    additivity,
    by_metric,
    columns,
    judging,
    layout,
    money,
    plan_forms,
    platforms,
    regions,
    rows,
    tabs,
    turned,
    vocabulary,
)
from worker.sheets.columns import Assigned
from worker.sheets.files import open_file
from worker.sheets.grid import Grid
from worker.sheets.judging import Judgement
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.numbers import looks_numeric
from worker.sheets.reading import (
    METRICS,
    ROW_SCHEMA,
    Column,
    Dropped,
    Pins,
    Quarantined,
    Reading,
    Table,
    UnreadableFile,
)
from worker.sheets.rows import Rows

__all__ = ["READER_VERSION", "Pins", "Reading", "UnreadableFile", "read"]

READER_VERSION = "8"
"""Grows when a file may be read differently: kept revisions can then be read again."""


@dataclass
class _Found:
    grid: Grid
    layout: Layout
    assigned: Assigned
    judgement: Judgement
    rows: Rows
    currency: money.Currency
    non_additive: dict[str, str]
    channel_why: str | None


def read(data: bytes | Path, name: str, pins: Pins | None = None) -> Reading:
    """Raises UnreadableFile when the content can't be opened as a table."""
    pins = pins or Pins()
    grids = open_file(data, name)
    candidates = [part for grid in grids for part in _tables(grid, _header_pin(grid, pins, len(grids)))]
    _check_tab(pins.tab, [grid.tab for grid in (*grids, *(part for part, _ in candidates))], name)
    judged = [(grid, at, *_judged(grid, at, pins)) for grid, at in candidates]
    tables = [(grid, at, assigned, judgement) for grid, at, assigned, judgement in judged if at and assigned]
    counting = [one for one in tables if one[3].accepted or _is_chosen(one[0], one[2], pins)]
    if not counting and pins.is_campaign:
        counting = [one for one in tables if _has_metrics(one[2])]
    accepted = [_built(*one, name, pins) for one in counting]
    if not accepted:
        return _not_campaign(name, judged)
    choices = tabs.choose([_tab(found) for found in accepted], pins.tab)
    if not any(choice.used for choice in choices):
        raise UnreadableFile("pinned_tab", f"You chose the tab “{pins.tab}”, and it holds no campaign data any more.")
    return _reading(name, accepted, choices)


def _is_chosen(grid: Grid, assigned: Assigned, pins: Pins) -> bool:
    """A person who picks a tab or says what columns mean knows that it is a campaign file."""
    if pins.tab is None or not tabs.is_pinned(grid.tab, pins.tab):
        return pins.tab is None and bool(pins.columns)
    return bool(pins.columns) or _has_metrics(assigned)


def _has_metrics(assigned: Assigned) -> bool:
    return any(assigned.has_metric(metric) for metric in METRICS)


def _check_tab(pinned: str | None, names: list[str], name: str) -> None:
    if pinned is not None and pinned not in names:
        known = ", ".join(f"“{tab}”" for tab in dict.fromkeys(names) if tab) or "none with a name"
        raise UnreadableFile("pinned_tab", f"{name} has no tab “{pinned}”. Choose one of its tabs again: {known}.")


def _header_pin(grid: Grid, pins: Pins, count: int) -> int | None:
    return pins.header_row if count == 1 or tabs.is_pinned(grid.tab, pins.tab) else None


def _tables(grid: Grid, header_row: int | None) -> list[tuple[Grid, Layout | None]]:
    """The tables of a tab, each with its header."""
    if header_row is not None:
        return [(grid, layout.find(grid, header_row))]
    if sideways := turned.find(grid):
        return [*sideways]
    if listed := by_metric.find(grid):
        return [*listed]
    parts = regions.split(grid)
    if parts[0][1] is not None or not _starts_with_data(grid):
        return parts
    from worker.sheets import headerless  # numpy is not worth its start-up time for files with a header

    return [(grid, headerless.find(grid))]


def _starts_with_data(grid: Grid) -> bool:
    """Whether the first row could already be data: a name and several numbers."""
    row = grid.head[0] if grid.head else []
    values = [cell for cell in row if isinstance(cell, float) or (isinstance(cell, str) and looks_numeric(cell))]
    return len(values) >= 5 and len(values) >= 0.6 * len(row)


def _judged(grid: Grid, at: Layout | None, pins: Pins) -> tuple[Assigned | None, Judgement]:
    if at is None:
        return None, _form(grid, at) or judging.NOTHING
    assigned = columns.assign(grid, at, pins)
    judgement = judging.judge(assigned, " ".join([*at.preamble, grid.tab]), grid.file)
    return assigned, judgement if judgement.accepted else _form(grid, at) or judgement


def _form(grid: Grid, at: Layout | None) -> Judgement | None:
    if not plan_forms.is_one(grid, at):
        return None
    return Judgement(judging.ACCEPT, ("It is a media plan form with weeks side by side.",))


def _built(
    grid: Grid, at: Layout, assigned: Assigned, judgement: Judgement, name: str, pins: Pins
) -> _Found:  # fmt: skip
    built = rows.build(grid, at, assigned, pins)
    currency = money.find(grid, at, assigned, built.long, pins)
    built.long, channel_why = _with_channel(built.long, at, assigned, grid, name)
    if currency.code:
        built.long = built.long.with_columns(currency=pl.col("currency").fill_null(currency.code))
    non_additive = additivity.find(grid, assigned, built.long, built.totals.agreeing)
    built.warnings += additivity.doubts(assigned, built.long, {*non_additive, *built.totals.agreeing})
    return _Found(grid, at, assigned, judgement, built, currency, non_additive, channel_why)


def _with_channel(
    frame: pl.DataFrame, at: Layout, assigned: Assigned, grid: Grid, name: str
) -> tuple[pl.DataFrame, str | None]:
    """The channel of rows that name none, or that name only a part of their platform."""
    if frame.is_empty():
        return frame, None
    has_channel = frame["channel"].null_count() < len(frame)
    if has_channel and ("channel" not in assigned.fields or not _names_network(at, assigned)):
        return frame, None
    inferred = platforms.infer(at.titles, at.preamble, grid.tab, name)
    if inferred is None:
        return frame, None
    platform, why = inferred
    if not has_channel:
        return frame.with_columns(channel=pl.lit(platform)), f"The channel is {platform}: {why}."
    channels = platforms.of_networks(frame["channel"].unique().to_list(), platform)
    mapped = frame.with_columns(channel=pl.col("channel").replace(channels).fill_null(platform))
    return mapped, f"The channels are parts of {platform}: {why}."


def _names_network(at: Layout, assigned: Assigned) -> bool:
    title = normal(at.titles[assigned.fields["channel"]])
    return title in vocabulary.everywhere("network_header")


def _tab(found: _Found) -> tabs.Tab:
    return tabs.Tab(found.grid.tab, found.grid.visible, found.rows.long, found.rows.count, tuple(found.layout.titles))


def _not_campaign(
    name: str, judged: list[tuple[Grid, Layout | None, Assigned | None, Judgement]]
) -> Reading:  # fmt: skip
    best = max((judgement for *_, judgement in judged), key=lambda judgement: judgement.score)
    form = best.score >= judging.ACCEPT
    return Reading(
        name=name, is_campaign=form, score=best.score, reasons=best.reasons, kind="plan" if form else "actuals",
        tables=(), rows=pl.DataFrame(schema=ROW_SCHEMA), quarantined=(), dropped=(),
        warnings=("The form could not be read as rows.",) if form else (), currency=None,
    )  # fmt: skip


def _reading(name: str, found: list[_Found], choices: list[tabs.Choice]) -> Reading:
    used = [one for one, choice in zip(found, choices, strict=True) if choice.used]
    best = max(used, key=lambda one: one.judgement.score)
    quarantined: list[Quarantined] = [cell for one in used for cell in one.rows.quarantined]
    dropped: list[Dropped] = [row for one in used for row in one.rows.dropped]
    currencies = {one.currency.code for one in used if one.currency.code}
    non_additive = {metric: why for one in used for metric, why in one.non_additive.items()}
    warnings = [warning for one in used for warning in (*one.rows.warnings, *one.currency.warnings)]
    warnings += tabs.doubts([_tab(one) for one in found], choices)
    if len(currencies) > 1:
        warnings.append(
            f"The amounts are in several currencies: {', '.join(sorted(currencies))}. They are not converted."
        )
    warnings += [f"{metric.capitalize()} is not added up: {why}." for metric, why in non_additive.items()]
    told = [pair for one in used for pair in one.rows.totals.said().items()]
    warnings += [said for metric, said in told if metric not in non_additive]
    unused = [(one, choice) for one, choice in zip(found, choices, strict=True) if not choice.used]
    warnings += [f"The tab “{one.grid.tab}” is not counted: {choice.why}." for one, choice in unused]
    reasons = [*best.judgement.reasons, *dict.fromkeys(one.channel_why for one in used if one.channel_why)]
    return Reading(
        name=name,
        is_campaign=True,
        score=best.judgement.score,
        reasons=tuple(reasons),
        kind=_kind(used, non_additive),
        tables=tuple(_table(one, choice) for one, choice in zip(found, choices, strict=True)),
        rows=pl.concat([one.rows.long for one in used]),
        quarantined=tuple(quarantined),
        dropped=tuple(dropped),
        warnings=tuple(dict.fromkeys(warnings)),
        currency=currencies.pop() if len(currencies) == 1 else None,
        non_additive=tuple(non_additive),
    )


def _kind(used: list[_Found], non_additive: dict[str, str]) -> Literal["actuals", "plan", "mixed"]:
    spend, budget = (
        any(one.assigned.has_metric(metric) or one.rows.long[metric].count() for one in used)
        for metric in ("spend", "budget")
    )
    if spend and budget and "budget" not in non_additive:
        return "mixed"
    return "actuals" if spend or not budget else "plan"


def _table(found: _Found, choice: tabs.Choice) -> Table:
    why = choice.why if found.channel_why is None else f"{choice.why}. {found.channel_why}"
    return Table(
        tab=found.grid.tab,
        header_rows=tuple(row + 1 for row in found.grid.turned[:1] or found.grid.lines[:1] or found.layout.rows),
        first_data_row=(found.grid.turned or found.grid.lines or (0, found.layout.first))[1] + 1,
        columns=tuple(_column(found.grid, column) for column in found.assigned.columns),
        layout="wide" if found.assigned.spreads or found.grid.turned or found.grid.lines else "long",
        date_format=found.rows.date_format,
        decimal="," if found.rows.decimal == "," else ".",
        currency=found.currency.code,
        currency_from=found.currency.source,
        used=choice.used,
        why=why,
        n_rows=found.rows.count,
    )


def _column(grid: Grid, column: Column) -> Column:
    name = grid.column_name(column.index)
    return Column(column.index, column.header, column.field, round(column.sure, 2), column.why, name)
