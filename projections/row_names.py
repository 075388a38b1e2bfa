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
    alike = pl.DataFrame(told).lazy().with_row_index().group_by([column.name for column in told], maintain_order=True)
    places = alike.agg("index").collect()["index"]
    of = np.empty(rows.height, np.int32)
    of[places.explode().to_numpy()] = np.repeat(np.arange(len(places)), places.list.len().to_numpy())
    return Named(rows.select(NAMES)[places.list.first()], of)


def _alike(column: pl.Series) -> bool:
    return column.null_count() == len(column) or (column.null_count() == 0 and bool((column == column[0]).all()))
