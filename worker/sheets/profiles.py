"""What the cells below a header look like, from the first rows of a table."""

from dataclasses import dataclass

from worker.sheets import platforms, vocabulary
from worker.sheets.grid import Grid, Scalar, head_cell
from worker.sheets.normalize import normal
from worker.sheets.numbers import looks_numeric
from worker.sheets.spans import looks_like_date, of_number

_SAMPLE = 120


@dataclass(frozen=True)
class Profile:
    filled: int
    """Cells that hold a value; marks such as --, n/a and #DIV/0! do not count."""
    numeric: float
    dates: float
    percent: float
    channels: float
    """Share of texts that contain the name of a channel; `exact_channels`: that are nothing else."""
    exact_channels: float
    channel_names: int
    """Different texts that name channels; platforms weigh as much as two, those that sell nothing but ads as three."""
    distinct: int
    years: bool = False
    """Whether every value is a year."""

    @property
    def empty(self) -> bool:
        return self.filled == 0


def of_columns(grid: Grid, first: int) -> list[Profile]:
    alone = 1 if grid.width > 3 else 0  # a single cell in a wide table is a note
    rows = [row for row in grid.head[first:] if sum(cell is not None for cell in row) > alone][:_SAMPLE]
    return [_profile([head_cell(row, column) for row in rows]) for column in range(grid.width)]


def _profile(cells: list[Scalar]) -> Profile:
    marks = vocabulary.everywhere("missing")
    values = [cell for cell in cells if cell is not None and not (isinstance(cell, str) and _is_mark(cell, marks))]
    if not values:
        return Profile(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0)
    texts = [cell for cell in values if isinstance(cell, str)]
    unique = set(texts)
    dates = {text for text in unique if looks_like_date(text)}
    numeric = {text for text in unique if looks_numeric(text)}
    channels = {text for text in unique if text not in numeric and vocabulary.has_channel_word(text)}
    return Profile(
        filled=len(values),
        numeric=(sum(isinstance(v, float) for v in values) + sum(t in numeric for t in texts)) / len(values),
        dates=sum((t in dates) if isinstance(t, str) else _is_date(t) for t in values) / len(values),
        percent=sum(text.endswith("%") for text in texts) / len(values),
        channels=sum(text in channels for text in texts) / len(values),
        exact_channels=sum(text in channels and vocabulary.is_channel(text) for text in texts) / len(values),
        channel_names=sum(map(_weight, channels)),
        distinct=len(set(map(str, values))),
        years=all(_is_year(value) for value in set(values)),
    )


def _weight(channel: str) -> int:
    if vocabulary.platform(channel) is None:
        return 1
    return 3 if platforms.named_as_ads(channel) else 2


def _is_mark(text: str, marks: frozenset[str]) -> bool:
    return text in {"-", "--", "—", "–"} or text.startswith("#") or (len(text) < 25 and normal(text) in marks)


def _is_year(value: Scalar) -> bool:
    if isinstance(value, str):
        return len(value) == 4 and value.isdecimal() and 1990 <= int(value) <= 2100
    return isinstance(value, float) and value.is_integer() and 1990 <= value <= 2100


def _is_date(value: Scalar) -> bool:
    return of_number(value) is not None if isinstance(value, float) else True
