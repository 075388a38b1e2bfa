"""Axes and tips of charts in the workspace's figures.

ECharts groups digits with commas and writes halves with a point, whatever the language is. So axes count in whole
thousands or millions, where no number needs a mark, and tips hold finished text that rides along with the first series.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from dashboard.voice import Voice

Option = dict[str, Any]
_AXIS_NAMES = 4


class Scale(NamedTuple):
    """What a number on an axis is multiplied with; `key` names it."""

    one: int
    key: str

    def part(self, value: float) -> float:
        return round(value / self.one, 4)


ONES = Scale(1, "")
COUNTS = (Scale(1_000_000, "millions"), Scale(1_000, "thousands"), ONES)
TIMES = (Scale(86_400, "days"), Scale(3_600, "hours"), Scale(60, "minutes"), Scale(1, "seconds"))


def scale(values: Iterable[float], offered: Sequence[Scale] = COUNTS) -> Scale:
    """The largest one that the largest value reaches; without values the smallest."""
    most = max(map(abs, values), default=0)
    return next((one for one in offered if most >= one.one), offered[-1])


def axis(voice: Voice, name: str, counted: Scale, gap: int | None = None) -> Option:
    """A value axis that says what its numbers count: above it, or along its middle with a gap."""
    place = {"nameTextStyle": {"align": "left"}} if gap is None else {"nameLocation": "middle", "nameGap": gap}
    return {
        "type": "value",
        "name": voice.say(f"chart.{counted.key}", name=name) if counted.key else name,
        **place,
        "axisLine": {"show": False},
        "splitNumber": 4,
        "minInterval": 1,
    }


def places_named(places: int) -> Option:
    """Labels of a long category axis: a few at equal distances from the first on, so that a phone has room for them."""
    return {"interval": max(0, -(-places // _AXIS_NAMES) - 1), "margin": 14}


def tip(names: Sequence[str], look: Mapping[str, object] | None = None, *, titled: bool = False) -> Option:
    """A tip for one place of a category axis: one line a series, its text standing third and on in the first series.

    The title is the place's name on the axis; where it is `titled`, what stands behind the texts.
    """
    lines = [f"{_safe(name)}: {{@[{place}]}}" for place, name in enumerate(names, start=2)]
    title = f"{{@[{len(names) + 2}]}}" if titled else "{b}"
    return {"trigger": "axis", "formatter": "<br/>".join([title, *lines]), **({"axisPointer": look} if look else {})}


def _safe(name: str) -> str:
    return escape(name).replace("{", "(").replace("}", ")")
