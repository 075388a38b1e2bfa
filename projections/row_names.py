"""The names of rows (tab, campaign, channel ...), each combination once: most rows of an export share theirs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from projections.performance_tables import NAMES


@dataclass(frozen=True)
class Named:
    names: pl.DataFrame
    """One row for each combination."""
    of: npt.NDArray[np.int32]
    """Which combination each row has, by its place in `names`."""


def split(rows: pl.DataFrame) -> Named:
    told = [column for column in rows.select(NAMES).get_columns() if not _alike(column)]
    if not told:
        return Named(rows.select(NAMES).head(1), np.zeros(rows.height, np.int32))
    hashes = pl.DataFrame(told).hash_rows()
    first, of = _grouped(hashes)
    if any((column.ne_missing(column.gather(first).gather(of))).any() for column in told):  # two with one hash
        first, of = _grouped(pl.struct(told, eager=True))
    return Named(rows.select(NAMES)[first], of.cast(pl.Int32).to_numpy())


def _grouped(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Where each value stands first, and the number of each row's value among those."""
    first = values.arg_unique()
    numbered = pl.DataFrame({"value": values.gather(first)}).with_row_index("of")
    return first, pl.DataFrame({"value": values}).join(numbered, on="value", how="left", maintain_order="left")["of"]


def _alike(column: pl.Series) -> bool:
    if column.null_count():
        return column.null_count() == len(column)
    return column.is_empty() or (column[0] == column[-1] and bool((column == column[0]).all()))
