"""Take the pictures of the README's tour: `./dev python -m tests.journeys.tour`.

Starts the whole product in a throw-away folder and looks at its demo workspace, so that the pictures show what a
reader will see.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from events import database
from projections import files, plans
from tests.chromium import ARGUMENTS, find
from tests.journeys.conftest import ROOT, start

FOLDER = ROOT / ".github" / "tour"
WIDE, PHONE = (1440, 1000), (390, 844)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        up = start(Path(folder))
        try:
            up.saw(r"Media Planner is ready", 300)
            up.saw(r"✓ Plan ", 600)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
                _take_all(browser, up.dashboard_url, *_ids(up.environment["MEDIA_PLANNER_DATABASE_URL"]))
        finally:
            up.stop()
    return 0


def _take_all(browser: Browser, url: str, plan: str, file: str) -> None:
    page = _window(browser, url, "light", WIDE)
    _take(page, "/", "home")
    _take(page, "/files", "files")
    _take(page, f"/files?file={file}", "file")
    _take(page, "/plans", "plans")
    _take(page, f"/plans?plan={plan}", "plan", full=True)
    _take(page, "/new_plan", "new-plan")
    _take(page, "/history", "history")
    _take(page, "/settings", "settings")
    _take(_window(browser, url, "dark", WIDE), "/", "home-dark")
    _take(_window(browser, url, "light", PHONE), f"/plans?plan={plan}", "plan-phone")


def _window(browser: Browser, url: str, scheme: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        base_url=url,
    )
    context.set_default_timeout(90_000)
    return context.new_page()


def _open(page: Page, path: str) -> None:
    page.goto(f"{path}{'&' if '?' in path else '?'}workspace=demo")
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.locator('[data-testid="stSkeleton"]').first.wait_for(state="detached")
    page.wait_for_timeout(1500)  # charts draw after the script has ended


def _take(page: Page, path: str, name: str, *, full: bool = False) -> None:
    _open(page, path)
    if full:  # the page scrolls inside of its frame, so the window is made as high as what is in it
        height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
        page.set_viewport_size({"width": WIDE[0], "height": min(height, 2000)})
        page.wait_for_timeout(1500)
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")
    if full:
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    print(f"{name}.png")


def _ids(database_url: str) -> tuple[str, str]:
    """Find a plan and a file of the demo workspace."""
    engine = database.connect(database_url)
    with engine.connect() as connection:
        read = [file for file in files.of(connection, "demo") if file.rows]
        found = plans.of(connection, "demo")[0].campaign_id, read[0].file_id
    engine.dispose()
    return found


if __name__ == "__main__":
    sys.exit(main())
