"""Whether money is planned or was spent, where its own header leaves that open."""

from dataclasses import replace

from worker.sheets import vocabulary
from worker.sheets.grid import Grid
from worker.sheets.headers import Match
from worker.sheets.layout import Layout
from worker.sheets.normalize import normal

_TITLE = 80
"""Letters of a text above a table that can be its title."""
_DELIVERY = ("impressions", "clicks", "conversions")


def costs_of_plans(grid: Grid, layout: Layout, matches: list[Match], pinned: dict[int, str]) -> None:
    """Costs under the title of a media plan, or beside nothing but estimates, are its budget."""
    costs = [i for i, match in enumerate(matches) if match.field == "spend" and match.sure >= 0.5]
    if any(match.field == "budget" and match.sure >= 0.5 for match in matches):
        return
    if any(i in pinned or matches[i].actual or _says_spent(layout.titles[i]) for i in costs):
        return
    why = "a cost beside estimates is a budget" if _beside_estimates(matches) else ""
    why = why or ("the title says media plan" if _is_titled_plan(grid, layout) else "")
    for index in costs if why else ():
        matches[index] = replace(matches[index], field="budget", why=why)


def _says_spent(title: str) -> bool:
    return not vocabulary.everywhere("spent").isdisjoint(normal(title).split())


def _beside_estimates(matches: list[Match]) -> bool:
    delivery = [match for match in matches if match.field in _DELIVERY and match.sure >= 0.8]
    return bool(delivery) and all(match.planned and not match.actual for match in delivery)


def _is_titled_plan(grid: Grid, layout: Layout) -> bool:
    above = [text for text in (*layout.preamble, grid.tab, grid.file.rpartition(".")[0]) if len(text) <= _TITLE]
    texts = [f" {normal(text.replace('_', ' '))} " for text in above]
    happened = vocabulary.everywhere("actual") | vocabulary.everywhere("results")
    if any(not happened.isdisjoint(text.split()) for text in texts):
        return False
    titles = vocabulary.everywhere("plan_title") - vocabulary.everywhere("open_title")
    return any(f" {title} " in text for title in titles for text in texts)
