"""Rows that hold one thing in several versions: planned and actual amounts, or the scenarios of one plan."""

import polars as pl

from worker.sheets import vocabulary
from worker.sheets.body import Body
from worker.sheets.columns import Assigned
from worker.sheets.normalize import normal

_MOST = 6
_LOOK = 100
_SAME = 0.8
_DELIVERY = ("impressions", "clicks", "conversions", "revenue")
_FORECASTS = "Rows that are called planned hold a budget here; what they expect it to deliver is not counted."


def scenarios(body: Body, assigned: Assigned, why: dict[int, str]) -> None:
    """Of a plan whose rows are repeated for each scenario, only one scenario counts: the final one, or the first."""
    if assigned.has_metric("spend") or not assigned.has_metric("budget"):
        return
    data = [i for i in (body.written > 0).arg_true() if i not in why]
    for index, column in body.texts.items():
        words = set(normal(assigned.columns[index].header).split())
        if not words & vocabulary.everywhere("scenario") or assigned.columns[index].field != "other":
            continue
        versions = list(dict.fromkeys(column.gather(data).to_list())) if data else []
        if None in versions or not 1 < len(versions) <= _MOST or not _repeat(body, column, data):
            continue
        kept = next((one for one in versions if "final" in normal(one).split()), versions[0])
        why.update(
            {i: f"another version of the plan than “{kept}”; only one counts" for i in data if column[i] != kept}
        )
        return


def _repeat(body: Body, column: pl.Series, data: list[int]) -> bool:
    """Whether every version names nearly the same lines."""
    names = [texts for texts in body.identity.values() if texts is not column]
    lines: dict[str, set[tuple[object, ...]]] = {}
    for i in data:
        lines.setdefault(column[i], set()).add((body.first[i], *(texts[i] for texts in names)))
    whole = set[tuple[object, ...]]().union(*lines.values())
    return bool(names) and len(data) > len(lines) and all(len(one) >= _SAME * len(whole) for one in lines.values())


def planned_and_actual(
    body: Body, assigned: Assigned, kept: pl.Series, rows: pl.DataFrame, numbers: pl.Series
) -> tuple[pl.DataFrame, list[str]]:
    """The rows with planned amounts as budget and actual ones as spend, when a column tells them apart.

    `numbers` are those that the rows which are kept have in `rows`.
    """
    spend, budget = assigned.has_metric("spend"), assigned.has_metric("budget")
    planned = None if spend == budget else _planned(body, assigned, kept)
    if planned is None:
        return rows, []
    of_row = pl.DataFrame({"row": numbers, "planned": planned})
    told = rows.join(of_row, on="row", how="left", maintain_order="left")
    money = pl.col("spend" if spend else "budget")
    is_planned = pl.col("planned").fill_null(value=not spend)
    told = told.with_columns(
        spend=pl.when(~is_planned).then(money),
        budget=pl.when(is_planned).then(money),
        **{metric: pl.when(~is_planned).then(pl.col(metric)) for metric in _DELIVERY},
    ).drop("planned")
    return told, [_FORECASTS]


def _planned(body: Body, assigned: Assigned, kept: pl.Series) -> pl.Series | None:
    """Whether each row that is kept is planned, null where its cell is blank; None when no column says so."""
    plan = vocabulary.everywhere("plan") | {"budget"}
    actual = vocabulary.everywhere("actual") | {"spend", "spent"}
    for index, column in body.texts.items():
        if assigned.columns[index].field in {"campaign", "ad_group", "ad"} or not _say(
            column.head(_LOOK), plan | actual
        ):
            continue
        texts = column.gather(kept)
        if _say(texts, plan | actual):
            said = {text: bool(set(normal(text).split()) & plan) for text in texts.unique().drop_nulls().to_list()}
            if len(set(said.values())) > 1:
                return texts.replace_strict(said, default=None, return_dtype=pl.Boolean)
    return None


def _say(texts: pl.Series, words: frozenset[str]) -> bool:
    """Whether every text consists of such words."""
    found = [normal(text).split() for text in texts.unique().drop_nulls().to_list()]
    return bool(found) and all(said and words.issuperset(said) for said in found)
