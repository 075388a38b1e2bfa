"""Tables with a column for each channel, week or month instead of a row for each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from worker.sheets import platforms, sums, vocabulary
from worker.sheets.grid import Grid, head_cell
from worker.sheets.headers import Match, bare_channel
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal
from worker.sheets.period_titles import period_in
from worker.sheets.profiles import Profile
from worker.sheets.reading import METRICS
from worker.sheets.spans import Span, part_of, span_of, whole_periods

_ANY_YEAR = 2000
"""Stands for a year that is not known, to tell months and weeks from other headers."""
_LONGEST_NAME = 4
"""Words in the name of a channel."""
_NUMBERED = re.compile(r"^[a-z]+ ?\d+$")


@dataclass(frozen=True)
class Spread:
    metric: str
    kind: Literal["channel", "period"]
    labels: dict[int, str]
    """Column to its channel, or to the first day of its period as ISO text; to its title when no year is known."""
    spans: dict[int, Span]
    """Days of each period, when they are known."""

    def __post_init__(self) -> None:
        """Two columns of one name stay two."""
        taken: set[str] = set()
        for column, label in list(self.labels.items()):
            name, number = label, 2
            while name in taken:
                name, number = f"{label} {number}", number + 1
            taken.add(name)
            self.labels[column] = name

    @property
    def columns(self) -> list[int]:
        return list(self.labels)

    def field(self, column: int) -> str:
        return f"{self.metric}@{self.labels[column]}"


def find(grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile]) -> list[Spread]:
    spreads = [spread for metric in METRICS if (spread := _labelled(metric, grid, layout, matches, seen)) is not None]
    if not any(match.field in {"spend", "budget"} and match.sure >= 0.6 for match in matches):
        spreads += _bare_channels(grid, layout, matches, seen) if not spreads else []
    if any(spread.kind == "channel" for spread in spreads):
        spreads += _single_columns(layout, matches, seen, spreads)
    spreads = [_without_sums(grid, layout, spread) for spread in spreads]
    return spreads or _bare_periods(grid, layout, matches, seen)


def _without_sums(grid: Grid, layout: Layout, spread: Spread) -> Spread:
    """'Digital' beside 'Search' and 'Social' holds their money again."""
    adding = set[int]()
    if spread.kind == "channel":
        adding = sums.of_others(grid, layout.first, spread.columns, spread.columns)
    return replace(spread, labels={i: label for i, label in spread.labels.items() if i not in adding})


def _single_columns(layout: Layout, matches: list[Match], seen: list[Profile], spreads: list[Spread]) -> list[Spread]:
    """'facebook_impressions' alone belongs to Facebook when other metrics are spread over channels."""
    channels = {label for spread in spreads for label in spread.labels.values()}
    found: list[Spread] = []
    for metric in {m.field for m in matches} & set(METRICS) - {spread.metric for spread in spreads}:
        columns = [i for i, m in enumerate(matches) if m.field == metric and not seen[i].empty]
        if len(columns) != 1 or not matches[columns[0]].label:
            continue
        title = _channel_title(layout.titles[columns[0]], matches[columns[0]].label)
        words = normal(matches[columns[0]].label).split()
        label = next((channel for channel in channels if channel == title or normal(channel) in words), None)
        if label is not None:
            found.append(Spread(metric, "channel", {columns[0]: label}, {}))
    return found


def _labelled(metric: str, grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile]) -> Spread | None:
    found = {i: m.label for i, m in enumerate(matches) if m.field == metric and m.label and not seen[i].empty}
    if len(found) < 2:
        return None
    parts = vocabulary.everywhere("month_word") | vocabulary.everywhere("week") | vocabulary.everywhere("quarter_word")
    dated = any(m.field in {"date", "start_date"} for m in matches) or any(normal(t) in parts for t in layout.titles)
    periods = _periods(metric, grid, layout, found, dated=dated)
    if periods is not None:
        return periods
    titles = {i: _channel_title(layout.titles[i], label) for i, label in found.items()}
    known = {i: label for i, label in found.items() if _names_channel(label) or _NUMBERED.match(label)}
    plain = [i for i, m in enumerate(matches) if m.field == metric and not m.label]
    if plain:
        parts = _parts_beside(grid, layout, plain[0], {i: titles[i] for i in known}, titles)
        return Spread(metric, "channel", parts, {}) if parts else None
    long_names = any(m.field in {"campaign", "channel"} and m.sure >= 0.85 for m in matches)
    if len(known) >= 2 and not any(m.field == "channel" and m.sure >= 0.85 for m in matches):
        everything = found if dated and not long_names else known
        return Spread(metric, "channel", {i: titles[i] for i in everything}, {})
    if dated and not long_names and all(m.sure <= 0.85 for m in (matches[i] for i in found)):
        return Spread(metric, "channel", titles, {})
    return None


def _names_channel(label: str) -> bool:
    """'Google search brand', not 'actions offsite conversion fb pixel': that is an event."""
    return vocabulary.has_channel_word(label) and len(label.split()) <= _LONGEST_NAME


def _parts_beside(
    grid: Grid, layout: Layout, plain: int, known: dict[int, str], found: dict[int, str]
) -> dict[int, str]:  # fmt: skip
    """Columns that together are the one without a label; or that with it, when they hold more than it does."""
    for parts in (known, found):
        if len(parts) >= 2 and _adds_up(grid, layout.first, list(parts), plain):
            return parts
    name = _name_beside_metric(layout.titles[plain])
    if len(known) < 2 or not name or not _holds_more(grid, layout.first, list(found), plain):
        return {}
    return found | {plain: name}


def _name_beside_metric(title: str) -> str:
    """'Media' of 'Media spend'; nothing is left of 'Total spend'."""
    phrases, totals = vocabulary.phrases(), vocabulary.everywhere("total")
    words = [word for word in normal(title).split() if word not in totals]
    return " ".join(word for word in words if (entry := phrases.get(word)) is None or entry.field not in METRICS)


def _periods(metric: str, grid: Grid, layout: Layout, found: dict[int, str], *, dated: bool) -> Spread | None:
    """Columns of one metric for several months or weeks; without dates when no year is known."""
    year = year_of(layout.preamble, grid)
    spans = {i: span for i, label in found.items() if (span := period_in(label, year or _ANY_YEAR)) is not None}
    if not spans and not dated:
        spans = {i: span for i, label in found.items() if (span := span_of(label)) is not None and span.grain == "year"}
    if len(spans) < 2 or len(spans) < 0.7 * len(found):
        return None
    spans = sums.without_longer(grid, layout.first, whole_periods(spans))
    return _of_periods(metric, spans, found, dated=year is not None)


def _of_periods(metric: str, spans: dict[int, Span], titles: dict[int, str], *, dated: bool) -> Spread:
    if not dated and all(span.first.year == _ANY_YEAR for span in spans.values()):
        return Spread(metric, "period", {i: titles[i] for i in spans}, {})
    return Spread(metric, "period", {i: span.first.isoformat() for i, span in spans.items()}, spans)


def _channel_title(title: str, label: str) -> str:
    """The channel as the header writes it."""
    platform = vocabulary.platform(label)
    if platform:
        return platform
    words = label.split()
    found = [part for part in re.split(r"[\s_\-./()]+", title) if normal(part) in words or normal(part) == label]
    return " ".join(found) or label


def _adds_up(grid: Grid, first: int, parts: list[int], total: int) -> bool:
    agree = seen = 0
    for row in grid.head[first : first + 100]:
        whole = _number(head_cell(row, total))
        if whole is None:
            continue
        seen += 1
        agree += abs(sum(_number(head_cell(row, i)) or 0.0 for i in parts) - whole) <= 0.02 + 0.001 * abs(whole)
    return seen > 0 and agree >= 0.8 * seen


def _holds_more(grid: Grid, first: int, parts: list[int], column: int) -> bool:
    """Whether some columns hold more than another that might be their total."""
    rows = grid.head[first : first + 100]
    wholes = [(row, whole) for row in rows if (whole := _number(head_cell(row, column))) is not None]
    more = sum(sum(_number(head_cell(row, i)) or 0.0 for i in parts) > whole + 0.02 for row, whole in wholes)
    return more > 0.5 * len(wholes)


def _number(cell: object) -> float | None:
    if isinstance(cell, float):
        return cell
    try:
        return float(str(cell).replace(",", "").strip("$€£ ")) if cell is not None else None
    except ValueError:
        return None


def _bare_channels(grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile]) -> list[Spread]:
    """'TV | Radio | Newspaper | Sales': the header is the channel, the numbers are its spend."""
    above = f" {normal(' '.join([*layout.preamble, grid.tab, grid.file]))} "
    if any(f" {word} " in above for word in vocabulary.everywhere("organic")):
        return []
    named: dict[int, str] = {}
    for index, title in enumerate(layout.titles):
        channel = bare_channel(title)
        if channel and seen[index].numeric >= 0.8 and matches[index].field in {"other", "channel"}:
            named[index] = channel
    fields = {match.field for match in matches if match.sure >= 0.5}
    anchored = fields & {"date", "start_date", "revenue", "conversions"}
    anchored = anchored or (has_month_alone(layout, seen) and _are_ads(grid, layout, named, above))
    if len(named) < 2 or not anchored or fields & {"clicks", "impressions"}:
        return []
    return [Spread("spend", "channel", named, {})]


def has_month_alone(layout: Layout, seen: list[Profile]) -> bool:
    """Whether a column names months or weeks without their year."""
    parts = vocabulary.everywhere("month_word") | vocabulary.everywhere("week") | vocabulary.everywhere("quarter_word")
    return any(normal(title) in parts and not seen[i].empty for i, title in enumerate(layout.titles))


def _are_ads(grid: Grid, layout: Layout, named: dict[int, str], above: str) -> bool:
    """Whether a title speaks of marketing, or a total adds up columns of which one sells nothing but ads."""
    if any(f" {word} " in above for word in vocabulary.everywhere("marketing")):
        return True
    totals = [i for i, title in enumerate(layout.titles) if normal(title) in vocabulary.everywhere("total")]
    sold = any(platforms.named_as_ads(layout.titles[i]) for i in named)
    return sold and any(_adds_up(grid, layout.first, list(named), i) for i in totals)


def _bare_periods(grid: Grid, layout: Layout, matches: list[Match], seen: list[Profile]) -> list[Spread]:
    """A flowchart: lines of a plan, and a column of money for each week or month."""
    if not any(match.field in {"channel", "campaign"} and match.sure >= 0.6 for match in matches):
        return []
    year = year_of(layout.preamble, grid)
    spans = whole_periods(_titled_spans(layout, matches, seen, year))
    spans = sums.without_longer(grid, layout.first, spans)
    filled = [column for column in spans if not seen[column].empty]
    said = _metric_of(layout, grid, guess=False) != ""
    if len(spans) < (2 if said or all(span.grain == "half" for span in spans.values()) else 3) or not filled:
        return []
    money = [i for i, m in enumerate(matches) if m.field in {"spend", "budget"} and m.sure >= 0.6]
    if money and not any(_adds_up(grid, layout.first, list(spans), i) for i in money):
        return []
    metric = matches[money[0]].field if money else _metric_of(layout, grid)
    if not metric:
        return []
    titles = {i: " ".join(layout.titles[i].split()) for i in spans}
    return [_of_periods(metric, spans, titles, dated=year is not None)]


def _titled_spans(layout: Layout, matches: list[Match], seen: list[Profile], year: int | None) -> dict[int, Span]:
    """Columns of numbers whose titles are periods; those that name their year themselves say it best."""
    spans: dict[int, Span] = {}
    own: dict[int, Span] = {}
    for column, title in enumerate(layout.titles):
        dated = seen[column].dates > 0.5 > seen[column].numeric
        filled_otherwise = seen[column].numeric < 0.8 and not seen[column].empty
        if dated or filled_otherwise or matches[column].field not in {"other", "date"}:
            continue
        for text in reversed(title.split("\n")):
            span = span_of(text, year=year or _ANY_YEAR) or part_of(text, year or _ANY_YEAR)
            if span is not None:
                spans[column] = span
                own |= {column: alone} if (alone := span_of(text)) is not None else {}
                break
    years = [span.first.year for span in own.values()]
    return own if len(own) == len(spans) and years and max(years) - min(years) <= 1 else spans


def _metric_of(layout: Layout, grid: Grid, *, guess: bool = True) -> str:
    """What the amounts of a flowchart are, as its title says; a budget when it says nothing and one may guess."""
    text = f" {normal(' '.join([*layout.preamble, grid.tab, *layout.titles]))} "

    def says(words: Iterable[str]) -> bool:
        return any(f" {word} " in text for word in words)

    if says(_words("impressions") | _words("clicks")):
        return ""
    if says(_words("spend")):
        return "spend"
    planned = says(_words("budget")) or says(vocabulary.everywhere("plan_title"))
    earned = says(_words("revenue", weak=True) | _words("conversions", weak=True))
    return "budget" if planned or (guess and not earned) else ""


@cache
def _words(metric: str, *, weak: bool = False) -> frozenset[str]:
    entries = (item for language in vocabulary.languages() for item in language.phrases.items())
    return frozenset(phrase for phrase, entry in entries if entry.field == metric and (weak or not entry.weak))


def year_of(above: list[str], grid: Grid) -> int | None:
    """The year that a plan is for, as its title, its tab or its file says."""
    found = re.findall(r"(?<!\d)(20\d\d)(?!\d)", " ".join([*above, grid.tab, grid.file]))
    return int(found[-1]) if found else None
