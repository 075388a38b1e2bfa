"""Every page, light and dark, wide, middle and phone: readable for everyone, private, and twice the same."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from tests.dashboard.browser.conftest import Watched
from tests.dashboard.seeding import GOOD_FILE, ODD_FILE, OTHER_FILE, PARTIAL, READY

pytestmark = pytest.mark.browser

Browse = Callable[..., Watched]
PATHS = {
    "home": "/?workspace=acme",
    "files": "/files?workspace=acme",
    "file": f"/files?workspace=acme&file={ODD_FILE}",
    "file with revisions": f"/files?workspace=acme&file={GOOD_FILE}",
    "file that does not count": f"/files?workspace=acme&file={OTHER_FILE}",
    "plans": "/plans?workspace=acme",
    "plan": f"/plans?workspace=acme&plan={READY}",
    "plan in part": f"/plans?workspace=acme&plan={PARTIAL}",
    "compare": f"/plans?workspace=acme&plan={READY}&with={PARTIAL}",
    "new plan": "/new_plan?workspace=acme",
    "history": "/history?workspace=acme",
    "event": "/history?workspace=acme&event=17",
    "settings": "/settings?workspace=acme",
    "past": "/?workspace=acme&at=19",
    "foreign": "/?workspace=other",
}
WIDTHS = (1440, 820, 390)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
UPSTREAM = {
    "scrollable-region-focusable": "Streamlit gives a table that scrolls sideways no tab stop; browsers have come to.",
}
"""Rules that Streamlit itself breaks where a page uses it as it is meant to be used."""
PROBES = "Failed to load resource: the server responded with a status of 404"
"""Streamlit's page looks for its server below a deep link first and logs that it is not there."""
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WITHOUT_RUNNING_MAN = '[data-testid="stStatusWidget"] {visibility: hidden}'
"""Streamlit's sign that the server is working comes and goes with every live part."""
VISIBLE = 8
"""Difference of a color channel, of 255, that an eye may see."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_break_no_rule_of_accessibility_and_speak_to_our_host_only(browse: Browse, scheme: str) -> None:
    watched, found = browse(scheme), list[str]()
    watched.page.context.add_init_script(AXE)
    for name, path in PATHS.items():
        for width in WIDTHS:
            watched.page.set_viewport_size({"width": width, "height": 1000})
            if width == WIDTHS[0]:
                watched.open(path)
            watched.settled()
            found += [f"{name}, {width} px: {problem}" for problem in _problems(watched.page)]

    assert [] == found
    assert [] == watched.foreign
    assert [] == [error for error in watched.errors if not error.startswith(PROBES)]


WIDER = """Math.max(document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth,
    ...[...document.querySelectorAll('.sheet')].map(table => table.scrollWidth - table.clientWidth))"""


def _too_wide(page: Page) -> int:
    """By how much the page or one of its tables is wider than its place, once charts have followed the window."""
    wide = 0
    for _ in range(20):
        wide = int(page.evaluate(WIDER))
        if wide <= 0:
            break
        page.wait_for_timeout(250)
    return wide


def _problems(page: Page) -> list[str]:
    asked = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    answer: list[dict[str, Any]] = page.evaluate("asked => axe.run(asked).then(told => told.violations)", asked)
    wide = _too_wide(page)
    return [f"{wide} px too wide"] * (wide > 0) + [
        f"{one['id']} {node['html'][:150]}" for one in answer if one["id"] not in UPSTREAM for node in one["nodes"]
    ]


def test_two_looks_at_a_page_show_the_same_pixels(browse: Browse) -> None:
    one, other = browse(), browse()
    differing: dict[str, int] = {}
    for name, path in PATHS.items():
        one.open(path)
        other.open(path)
        if pixels := _settled_difference(one.page, other.page):
            differing[name] = pixels

    assert {} == differing


def _settled_difference(one: Page, other: Page) -> int:
    """Compare once both stand still: what is drawn last, a chart or a font, may come a moment later in one of them."""
    for _ in range(20):
        pixels = _difference(_shot(one), _shot(other))
        if not pixels:
            break
        one.wait_for_timeout(250)
    return pixels


def _shot(page: Page) -> Image.Image:
    taken = page.screenshot(animations="disabled", caret="hide", style=WITHOUT_RUNNING_MAN)
    return Image.open(io.BytesIO(taken)).convert("RGB")


def _difference(one: Image.Image, other: Image.Image) -> int:
    """How many pixels differ so that an eye may see it."""
    assert one.size == other.size
    worst = ImageChops.difference(one, other).split()
    seen = ImageChops.lighter(ImageChops.lighter(worst[0], worst[1]), worst[2]).point(lambda by: 255 * (by > VISIBLE))
    return seen.histogram()[255]
