"""Numbers that are written short: $10k, 2,5 Mio, 100万."""

import polars as pl

from worker.sheets import currencies

NUMBER = pl.Decimal(38, 6)
_FACTORS = {"k|к|tsd|тыс|tys|千": 1_000, "万": 10_000, "m|м|mio|mln|млн": 1_000_000, "億": 100_000_000}
"""Ends of shortened numbers, as regular expressions, to what they multiply by."""
ENDING = "|".join(_FACTORS)


def in_full(text: pl.Series, values: pl.Series) -> pl.Series:
    """The values of these texts, times what stands behind the number."""
    for ending, factor in _FACTORS.items():
        short = text.str.contains(rf"(?i)\d\s*(?:{ending})\.?\s*(?:{currencies.IN_CELL})?\)?$")
        short = short.fill_null(value=False)
        if short.any():
            values = values.zip_with(~short, (values * factor).cast(NUMBER))
    return values
