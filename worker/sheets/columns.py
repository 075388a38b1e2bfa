"""Which column gives which field: the header proposes, the cells below must agree, one column wins each field."""

import dataclasses
from dataclasses import dataclass, replace
from decimal import Decimal

from worker.sheets import (
    beside,
    between,
    bought,
    contested,
    open_meanings,
    paid,
    planned_money,
    profiles,
    scales,
    sums,
    units,
    vocabulary,
    wide,
)
from worker.sheets.beside import DATES
from worker.sheets.grid import Grid
from worker.sheets.headers import OTHER, Match
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.profiles import Profile
from worker.sheets.reading import DIMENSIONS, METRICS, Column, Pins
from worker.sheets.units import ONE

_MONEY = ("spend", "budget", "revenue")
_CLEAR = 0.8
"""A header as sure as this needs no other to be believed."""


@dataclass(frozen=True)
class Assigned:
    columns: list[Column]
    fields: dict[str, int]
    """Field to column, for fields that one column gives."""
    matches: list[Match]
    spreads: list[wide.Spread]
    """Metrics that are spread over several columns, one for each channel or period."""
    profiles: list[Profile]
    warnings: list[str]
    year: int | None = None
    """The column that holds the year of days, weeks or months that stand without one in `date`."""
    doubts: dict[int, str] = dataclasses.field(default_factory=dict)
    """Columns whose values are set aside because others say the same just as well, and why."""

    def sure(self, field: str) -> float:
        return self.columns[self.fields[field]].sure if field in self.fields else 0.0

    def has_metric(self, metric: str) -> bool:
        return metric in self.fields or any(spread.metric == metric for spread in self.spreads)


def assign(grid: Grid, layout: Layout, pins: Pins | None = None) -> Assigned:
    seen = profiles.of_columns(grid, layout.first)
    matches = [_checked(match, profile) for match, profile in zip(layout.matches, seen, strict=True)]
    beside.shares(grid, layout, matches)
    beside.used_shares(grid, layout, matches)
    pinned = _pinned(grid, layout.titles, pins)
    for index, field in pinned.items():
        matches[index] = Match(field, 1.0, -1, why="you chose this meaning") if field != "other" else OTHER
    beside.days_without_title(layout, matches, seen, pinned)
    beside.online_beside_offline(layout, matches, pinned)
    beside.sales_beside_orders(layout, matches, pinned)
    year = _year_beside(layout, matches, seen, pinned)
    unit, said = units.said_above([*layout.preamble, grid.tab])
    matches = [_in_unit(match, unit) for match in matches]
    contested.widest_window(matches, seen)
    contested.newer_first(matches)
    contested.only_ad_money(layout, matches, seen)
    planned_money.costs_of_plans(grid, layout, matches, pinned)
    spreads = wide.find(grid, layout, matches, seen)
    spread_columns = {column for spread in spreads for column in spread.columns}
    fields = _winners(matches, spread_columns, {spread.metric for spread in spreads})
    sums.wholes(grid, layout.first, matches, seen, fields, pinned)
    beside.sales_beside_revenue(grid, layout, matches, fields, pinned)
    if "channel" not in fields and not any(spread.kind == "channel" for spread in spreads):
        _find_channel_by_cells(matches, seen, fields, pinned)
    if not spreads and not {"spend", "budget"} & set(fields):
        beside.fees(layout, matches, seen, fields, pinned)
        beside.money_of_plan(grid, layout, matches, seen, fields, pinned)
    if not (spreads or pinned or {"spend", "budget"} & set(fields)):
        bought.cost(grid, layout, matches, seen, fields)
    paid_beside = paid.settle(grid, layout, matches, seen, fields, pinned)
    if not pinned:
        bought.find(grid, layout, matches, seen, fields)
    labels = {column: spread.field(column) for spread in spreads for column in spread.columns}
    columns = [
        _column(index, layout.titles[index], match, fields, labels, pinned) for index, match in enumerate(matches)
    ]
    warnings = contested.warnings(grid, layout, matches, fields)
    warnings += [contested.read_beside(layout, one, other) for one, other in paid_beside]
    for spread in (spread for spread in spreads if spread.kind == "channel" and spread.metric == "spend"):
        warnings += between.told(layout, matches, seen, spread.columns)
    warnings += scales.find(grid, layout, matches, seen, fields)
    if not pinned:
        warnings += open_meanings.find(grid, layout, matches, fields)
    if unit != ONE:
        warnings.append(f"“{said}” stands above the table, so its amounts are multiplied by {unit:,}.")
    undated = not {"date", "start_date"} & set(fields) and wide.has_month_alone(layout, seen)
    if (spreads and undated) or any(spread.kind == "period" and not spread.spans for spread in spreads):
        warnings.append(
            "The months or weeks have no year, so their rows have no dates. Write the year above the table."
        )
    doubts = {} if pinned else contested.doubts(grid, layout, matches, seen, fields)
    return Assigned(columns, fields, matches, spreads, seen, warnings, year, doubts)


def _year_beside(layout: Layout, matches: list[Match], seen: list[Profile], pinned: dict[int, str]) -> int | None:
    """The column of years beside one of months, weeks or quarters; that one becomes the date when nothing else is."""
    words = vocabulary.everywhere("year_word")
    titles = [normal(title) for title in layout.titles]
    year = next((i for i, title in enumerate(titles) if title in words and i not in pinned and seen[i].years), None)
    if year is None:
        return None
    dated = [i for i, match in enumerate(matches) if match.field == "date" and i != year]
    parts = vocabulary.everywhere("month_word") | vocabulary.everywhere("week") | vocabulary.everywhere("quarter_word")
    part = next((i for i in (*dated, *range(len(titles))) if titles[i] in parts and i not in pinned), None)
    if part is None or (dated and part not in dated) or seen[part].empty:
        return None
    matches[part] = Match("date", 0.9, why="its year stands in another column")
    matches[year] = Match("other", 0.9, why="the year of the dates")
    return year


def _in_unit(match: Match, unit: Decimal) -> Match:
    """Amounts without a unit of their own are in the one that is said above the table."""
    own = match.unit != ONE or match.field not in {*_MONEY, "other"}
    return match if own or unit == ONE else replace(match, unit=unit)


def _find_channel_by_cells(
    matches: list[Match], seen: list[Profile], fields: dict[str, int], pinned: dict[int, str]
) -> None:
    """A column under any header whose cells are nothing but names of channels."""
    for index, profile in enumerate(seen):
        if index in fields.values() or index in pinned or matches[index].field in METRICS:
            continue
        if profile.filled >= 2 and profile.exact_channels >= 0.8:
            matches[index] = Match("channel", 0.7, why="the cells name media channels")
            fields["channel"] = index
            return


def _pinned(grid: Grid, titles: list[str], pins: Pins | None) -> dict[int, str]:
    if pins is None or not pins.columns:
        return {}
    return {
        index: field
        for index, title in enumerate(titles)
        if (field := pins.columns.get(title) or pins.columns.get(grid.column_name(index)))
    }


def _checked(match: Match, profile: Profile) -> Match:
    """The header's meaning, given up when the cells say otherwise."""
    if match.field in METRICS:
        return _checked_metric(match, profile)
    if match.field in DATES:
        fits = profile.dates >= 0.5
        return match if fits or (profile.empty and match.sure >= 0.9) else replace(OTHER, why="no dates below")
    if match.field == "channel" and match.sure < 0.9:
        return _checked_channel(match, profile)
    if match.field in DIMENSIONS and match.label and match.sure < 0.6:
        return match if profile.numeric < 0.5 and not profile.empty else replace(OTHER, why="not sure what it names")
    if match.field == "currency" and not profile.empty and profile.numeric > 0.5:
        return replace(OTHER, why="no currencies below")
    return match


def _checked_channel(match: Match, profile: Profile) -> Match:
    if profile.channels >= 0.3:
        return replace(match, sure=0.85, why="the cells name media channels")
    fits = profile.numeric < 0.5 and match.rank < 8
    return replace(match, sure=0.4) if fits else replace(OTHER, why="the cells name no media channel")


def _checked_metric(match: Match, profile: Profile) -> Match:
    if profile.empty:
        return match if match.sure >= 0.6 else replace(OTHER, why="an empty column")
    if profile.percent >= 0.5:
        return replace(OTHER, why="percentages")
    if profile.numeric < 0.5:
        return replace(OTHER, why="texts where numbers belong", sure=0.5)
    return match


def _winners(matches: list[Match], spread_columns: set[int], spread_metrics: set[str]) -> dict[str, int]:
    """The surest column of each field; between equals the one that the vocabulary prefers."""
    winners: dict[str, int] = {}
    order = sorted(
        range(len(matches)),
        key=lambda i: (-round(_level(matches[i]), 1), _is_expected(matches[i]), matches[i].rank, i),
    )
    strong = {match.field for match in matches if match.sure >= 0.9 and match.field in METRICS}
    for index in order:
        match = matches[index]
        if match.field in {"other", "reach"} or index in spread_columns or match.field in winners:
            continue
        if match.field in spread_metrics:
            continue
        labelled = match.field in METRICS and match.label and match.sure < _CLEAR
        if labelled and not (strong - {match.field}) and not _is_of_one_platform(match, matches):
            continue
        winners[match.field] = index
    return winners


def _is_of_one_platform(match: Match, matches: list[Match]) -> bool:
    """'fb_spend' beside 'fb_clicks', and no other platform: the label only repeats whose table it is."""
    labels = {other.label for other in matches if other.field in METRICS and other.label}
    fields = {other.field for other in matches if other.label == match.label}
    return labels == {match.label} and len(fields) > 1 and vocabulary.platform(match.label) is not None


def _is_expected(match: Match) -> bool:
    """'Expected impressions' are second to those that were delivered."""
    return match.planned and not match.actual and match.field != "budget"


def _level(match: Match) -> float:
    """Headers that are equally clear compete by preference, not by hundredths."""
    return 0.9 if match.sure >= 0.8 else match.sure


def _column(
    index: int, title: str, match: Match, fields: dict[str, int], labels: dict[int, str], pinned: dict[int, str]
) -> Column:
    if index in labels:
        return Column(index, title, labels[index], max(match.sure, 0.7), match.why or "one column for each")
    if fields.get(match.field) == index:
        return Column(index, title, match.field, match.sure, match.why)
    if index in pinned:
        return Column(index, title, "other", 1.0, "you took this column out")
    if match.field in {"other", "reach"}:
        return Column(index, title, "other", 0.5, match.why)
    return Column(index, title, "other", 0.5, f"another column gives {match.field.replace('_', ' ')}")
