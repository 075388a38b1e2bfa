"""The main job as a marketer does it, in a real browser, from Connect to History."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Up
from tests.journeys.keyboard import Keyboard
from worker.google_drive.sandbox.accounts import MARA
from worker.google_drive.sandbox.control_client import SandboxControl

pytestmark = [pytest.mark.stack, pytest.mark.browser]

FILE = "TV + Radio weekly actuals"


@pytest.fixture
def page(browser: Browser, up: Up) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1400}, locale="en-GB", base_url=up.dashboard_url)
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    page = context.new_page()
    yield page
    context.close()


def _settled(page: Page) -> None:
    page.wait_for_selector('[data-test-script-state="notRunning"]')


def _open(page: Page, path: str) -> None:
    page.goto(path)
    _settled(page)


def _navigate(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    _settled(page)


def test_the_demo_workspace_shows_what_it_found(page: Page) -> None:
    _open(page, "/?workspace=demo")

    expect(page.get_by_text("7 of 7 files read")).to_be_visible()
    expect(page.get_by_role("heading", name="Latest plan: Next quarter")).to_be_visible()
    expect(page.locator(".facts div").filter(has_text="Needs you")).to_contain_text("Nothing")


def test_from_connect_to_history(page: Page, up: Up) -> None:
    """From Connect to the approved plan without a mouse, in at most six presses."""
    keyboard = Keyboard(page)
    _connect(page, keyboard)
    _every_file_is_read(page)
    _a_changed_cell_becomes_a_changed_number(page, up)
    _a_plan_is_made(page, keyboard)
    assert keyboard.pressed <= 6
    _history_tells_it(page)


def _connect(page: Page, keyboard: Keyboard) -> None:
    _open(page, "/?workspace=mine")
    keyboard.press(page.get_by_role("link", name=re.compile("Connect")).first)
    keyboard.choose(page.get_by_role("radio", name=re.compile(MARA.name)), among=page.get_by_role("radio"))
    keyboard.press(page.get_by_role("button", name="Allow"))
    page.wait_for_url(re.compile(r"workspace=mine"))
    _settled(page)


def _every_file_is_read(page: Page) -> None:
    _navigate(page, "Campaign files")
    expect(page.get_by_text(MARA.email)).to_be_visible()
    expect(page.get_by_text("7 of 7 files read")).to_be_visible(timeout=90_000)


def _a_changed_cell_becomes_a_changed_number(page: Page, up: Up) -> None:
    with SandboxControl(up.sandbox_url) as sandbox:
        file_id = next(file["id"] for file in sandbox.files(MARA.email) if file["name"] == FILE)
        _open(page, f"/files?workspace=mine&file={file_id}&revisions=true")
        expect(page.get_by_role("heading", name=FILE)).to_be_visible()
        before = _spend_of_newest_revision(page, "1")
        sandbox.edit_cell(file_id, "E5", "1000000")  # a week without spend, in the column "Net spend (EUR)"
    page.get_by_role("button", name="Read again now").click()
    expect(page.get_by_text("revision 2")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("cell", name="+1 \N{MINUS SIGN}1")).to_be_visible()

    assert before + 1_000_000 == _spend_of_newest_revision(page, "2")


def _spend_of_newest_revision(page: Page, number: str) -> Decimal:
    row = page.get_by_role("row").filter(has=page.get_by_role("cell", name=number, exact=True)).first
    money = row.get_by_role("cell").filter(has_text="€").inner_text()
    return Decimal(money.replace("€", "").replace(",", ""))


def test_check_for_changes_finds_a_new_file(page: Page, up: Up) -> None:
    table = "Week,Channel,Campaign,Spend EUR,Clicks,Revenue EUR\n2026-01-05,Podcast,Launch,1200.50,300,4100\n"
    with SandboxControl(up.sandbox_url) as sandbox:
        sandbox.add_file(MARA.email, "Podcast results.csv", table.encode(), "text/csv")
    _open(page, "/files?workspace=demo")
    page.get_by_role("button", name="Check for changes now").click()

    expect(page.get_by_text("8 of 8 files read")).to_be_visible(timeout=60_000)


def _a_plan_is_made(page: Page, keyboard: Keyboard) -> None:
    keyboard.press(page.get_by_role("navigation").get_by_role("link", name="New plan", exact=True))
    expect(page.get_by_role("heading", name="New plan", exact=True)).to_be_visible()
    _settled(page)
    keyboard.write(page.get_by_label("Name"), "Spring push")
    keyboard.write(page.get_by_label(re.compile("Budget for the whole period")), "500,000")
    keyboard.press(page.get_by_role("button", name="Make plan"))
    expect(page.get_by_role("heading", name="Spring push")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("heading", name="Where the budget goes")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("heading", name="Why this split")).to_be_visible()
    keyboard.press(page.get_by_role("button", name="Approve"))
    expect(page.get_by_text("Approved").first).to_be_visible()


def _history_tells_it(page: Page) -> None:
    _navigate(page, "History")
    expect(page.get_by_text("Everything that happened in this workspace")).to_be_visible()
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("button", name="Download JSONL")).to_be_enabled()
