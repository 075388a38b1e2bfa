"""Rows that repeat what other rows say: the sum of several days, averages and other statistics."""

from statistics import median

from worker.sheets import vocabulary
from worker.sheets.body import Body
from worker.sheets.normalize import normal

_FEW = 100


def sums_of_days(body: Body, why: dict[int, str]) -> None:
    """'All' where the other rows name a day: the row adds up the days below or above it."""
    phrases = vocabulary.everywhere("all_days") | vocabulary.everywhere("total")
    for column in body.days:
        texts = [text for text in column.unique().to_list() if text is not None and normal(text) in phrases]
        hits = column.is_in(texts).fill_null(value=False)
        if texts and (column.is_not_null() & ~hits).any():
            for position in hits.arg_true():
                why.setdefault(position, "the sum of several days")


def find(body: Body, why: dict[int, str]) -> None:
    """Averages by name; rows whose name may also be one of a campaign (Max, Media) when the numbers say so."""
    sure, maybe = vocabulary.everywhere("average"), vocabulary.everywhere("statistic")
    for column in body.labels():
        names = {text: normal(text) for text in column.unique().to_list() if text is not None and len(text) < 30}
        found = column.is_in([text for text, name in names.items() if name in sure | maybe]).fill_null(value=False)
        for position in found.arg_true() if int(found.sum()) <= _FEW else []:
            text = str(column[position])
            if position in why or not body.names_nothing_else(position, text):
                continue
            if names[text] in sure or _is_statistic(body, position, why):
                why[position] = "an average or another statistic"


def sums_all_others(body: Body, position: int, why: dict[int, str], *, certain: bool = False) -> bool:
    """Whether each value is the sum of all other rows. `certain` asks for more than chance or proportion can give."""
    sums: list[list[float]] = []
    for values in body.values.values():
        value = values[position]
        others = [float(v or 0) for i, v in enumerate(values) if i != position and i not in why]
        if not value:
            continue
        if abs(sum(others) - float(value)) > (0.006 if certain else abs(float(value)) / 200):
            return False
        sums.append(others)
    if not certain:
        return bool(sums)
    used = [others for others in sums if sum(other != 0 for other in others) >= 3]
    return len(used) >= 2 and not _proportional(used[0], used[1])


def _proportional(a: list[float], b: list[float]) -> bool:
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x and y]
    return all(abs(x * pairs[0][1] - y * pairs[0][0]) <= 1e-6 * abs(x * pairs[0][1]) for x, y in pairs)


def is_mean(body: Body, position: int, why: dict[int, str]) -> bool:
    """Whether each of two or more values is the mean of all other rows, which differ."""
    agreed = 0
    for values in body.values.values():
        value = values[position]
        others = [float(v) for i, v in enumerate(values) if v is not None and i != position and i not in why]
        if value is None or not any(others):
            continue
        if abs(sum(others) / len(others) - float(value)) > abs(float(value)) / 500 + 0.006 or len(set(others)) < 2:
            return False
        agreed += 1
    return agreed > 1


def _is_statistic(body: Body, position: int, why: dict[int, str]) -> bool:
    checked = agreed = 0
    for values in body.values.values():
        value, above = values[position], [float(values[i] or 0) for i in range(position) if i not in why]
        if value is None or len(above) < 2:
            continue
        checked += 1
        statistics = (sum(above) / len(above), max(above), min(above), median(above))
        agreed += any(abs(float(value) - one) <= abs(one) / 200 + 0.006 for one in statistics)
    return checked > 0 and agreed == checked
