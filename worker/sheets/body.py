"""The rows under a header, as the search for rows that are no data sees them."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Body:
    """The rows under a header, column by column, all of one length."""

    row: pl.Series
    """0-based row of the sheet."""
    filled: pl.Series
    """How many cells of the row hold something."""
    texts: dict[int, pl.Series]
    """Text columns in the order of the sheet."""
    distinct: dict[int, pl.Series]
    """Of some of them, each text once; maybe with some that stand above."""
    identity: dict[str, pl.Series]
    """What names a row: campaign, ad group, ad, placement, channel as texts; missing marks are null."""
    dated: pl.Series
    """Whether the row has a date."""
    first: pl.Series
    """First day of each row, null where it has none."""
    last: pl.Series
    """Last day of rows that stand for more than one."""
    days: list[pl.Series]
    """Columns of dates, as they are written."""
    values: dict[str, pl.Series]
    """Metrics; several columns of one metric have keys such as spend@tv."""
    written: pl.Series
    """How many metric cells hold something, also when it is no number."""

    def names_nothing_else(self, position: int, label: str) -> bool:
        """Whether a row has no other name than this label."""
        others = [
            texts[position] for field, texts in self.identity.items() if field != "channel" and texts[position] != label
        ]
        return all(other is None for other in others)

    def labels(self) -> list[pl.Series]:
        """The first text of each row."""
        first = next(iter(self.texts.values()), None)
        if first is not None and first.null_count() == 0:
            return [first]
        return [pl.select(pl.coalesce(list(self.texts.values()))).to_series()] if self.texts else []
