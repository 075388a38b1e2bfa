"""Taking things away as a person does: each file comes when it is asked for, and a chart's picture is the chart."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.dashboard.browser.conftest import Watched
from tests.dashboard.seeding import READY

pytestmark = pytest.mark.browser

PLAN = f"/plans?workspace=acme&plan={READY}"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LABELS = ("Excel workbook", "PDF one-pager", "CSV table", "Long table for BI", "Media plan JSON")


def taken(page: Page, act: Callable[[], None]) -> Path:
    with page.expect_download() as waiting:
        act()
    return Path(waiting.value.path()).rename(Path(waiting.value.path()).with_name(waiting.value.suggested_filename))


def test_every_file_of_a_plan_comes_and_opens_from_an_accessible_menu(browse: Callable[..., Watched]) -> None:
    page = browse().open(PLAN)
    page.get_by_role("button", name="Download", exact=True).click()
    page.get_by_role("button", name=LABELS[-1]).wait_for()
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    assert [] == [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]
    files = {label: taken(page, page.get_by_role("button", name=label).click) for label in LABELS}

    assert [".xlsx", ".pdf", ".csv", ".csv", ".json"] == [file.suffix for file in files.values()]
    assert all(file.name.startswith("q1-always-on") for file in files.values())
    assert "Q1 always-on" == openpyxl.load_workbook(files["Excel workbook"])["Summary"]["A1"].value
    assert "Expected revenue" in PdfReader(files["PDF one-pager"]).pages[0].extract_text()
    for label, count in (("CSV table", 5), ("Long table for BI", 5 * 13 * 5)):
        assert count == len(list(csv.DictReader(io.StringIO(files[label].read_text("utf-8-sig")))))
    assert "3.0" == json.loads(files["Media plan JSON"].read_text())["meta"]["schema_version"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_of_every_chart_is_the_chart_also_by_keyboard(browse: Callable[..., Watched], scheme: str) -> None:
    page = browse(scheme).open(PLAN)
    charts, buttons = page.get_by_test_id("stEChartsChart"), page.get_by_role("button", name="Download as PNG")
    charts.last.locator("canvas").wait_for()
    assert charts.count() == buttons.count() >= 3
    for place in range(charts.count()):
        shown = charts.nth(place).locator("canvas").first.bounding_box()
        buttons.nth(place).focus()
        picture = Image.open(taken(page, lambda: page.keyboard.press("Enter"))).convert("RGB")

        assert shown is not None
        assert (round(2 * shown["width"]), round(2 * shown["height"])) == picture.size
        colors = picture.getcolors(maxcolors=1 << 24)
        assert colors is not None
        assert len(colors) > 20
        assert max(count for count, _ in colors) < 0.99 * picture.width * picture.height
        assert (picture.getpixel((1, 1))[0] > 128) == (scheme == "light")
