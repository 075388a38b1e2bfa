"""What a person at a browser waits for: until a page can be used, and until a click shows what it did."""

import json
import statistics
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.bench.dashboard_sites import PAGES, Sites, query
from tests.bench.measure import Measure, at_most
from tests.dashboard.site import Site

ROUNDS = 8
CLICKS = 5
HI = '[data-testid="stMarkdown"] p'
QUIET = '[data-testid="stApp"][data-test-script-state="notRunning"]'
_WATCH = """([quiet, last]) => {
  if (!location.protocol.startsWith("http")) return;
  const stands = () => document.querySelector(quiet) && document.querySelector(last)
    && !document.querySelector('[data-testid="stSkeleton"]');
  window.interactive = new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (!stands()) return;
      watch.disconnect();
      requestAnimationFrame(() => {
        const next = new MessageChannel();
        next.port1.onmessage = () => done(performance.now());
        next.port2.postMessage(0);
      });
    });
    watch.observe(document, { childList: true, subtree: true, attributes: true });
  });
}"""
"""Milliseconds from the start of the navigation until a page is interactive.

The server's script has ended, what comes last stands, nothing waits for its own script any more, all of it was
painted, and the main thread took the next message. It is told in the page, so what drives the browser adds nothing.
"""


def to_interactive(browser: Browser, sites: Sites) -> Iterator[Measure]:
    """Let hi come before each page in each round: whatever the machine does meanwhile, it does to both."""
    addresses = {name: (f"{sites.ours.url}/{page}?{query(more)}", last) for name, (page, more, last) in PAGES.items()}
    ours: dict[str, list[tuple[float, float]]] = {name: [] for name in addresses}
    floor: list[tuple[float, float]] = []
    for turn in range(ROUNDS + 1):
        for name, (address, last) in addresses.items():
            times = _visits(browser, sites.floor.url, HI), _visits(browser, address, last)
            if turn > 0:  # the first warms up the servers
                floor.append(times[0])
                ours[name].append(times[1])
    for place, (kind, bar) in enumerate((("cold", 1.5), ("warm", 1.6))):
        hi = _quiet_quarter(visit[place] for visit in floor)
        for name, visits in ours.items():
            took = _quiet_quarter(visit[place] for visit in visits)
            yield at_most(
                bar,
                measure=f"{name}, time to interactive, {kind}",
                ours=took,
                unit="ms",
                against=f'st.write("hi"), {hi:.0f} ms',
                ratio=took / hi,
            )


def _quiet_quarter(found: Iterator[float]) -> float:
    """Give the lower quartile: neighbors on the machine only ever add, and one lucky visit proves nothing."""
    return statistics.quantiles(found, n=4)[0]


def _visits(browser: Browser, address: str, last: str) -> tuple[float, float]:
    """Milliseconds of the first visit with an empty cache, and of the second."""
    with _window(browser) as page:
        page.add_init_script(f"({_WATCH})({json.dumps([QUIET, last])})")
        return _visit(page, address), _visit(page, address)


def _visit(page: Page, address: str) -> float:
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    return float(page.evaluate("window.interactive"))


@contextmanager
def _window(browser: Browser) -> Generator[Page]:
    with browser.new_context(viewport={"width": 1440, "height": 1000}, reduced_motion="reduce") as context:
        yield context.new_page()


def _open(page: Page, site: Site, name: str) -> None:
    path, more, last = PAGES[name]
    page.goto(f"{site.url}/{path}?{query(more)}")
    page.locator(last).first.wait_for()
    page.locator(QUIET).wait_for()


def click_to_toast(browser: Browser, site: Site) -> Measure:
    """Press the button that asks Drive for changes: the wish is in the log and Temporal has it when the toast shows."""
    took: list[float] = []
    with _window(browser) as page:
        for _ in range(CLICKS):
            _open(page, site, "files")
            button = page.get_by_role("button", name="Check for changes now")
            began = time.perf_counter()
            button.click()
            page.get_by_test_id("stToast").first.wait_for()
            took.append(time.perf_counter() - began)
    return _within("from the button to the toast", min(took), 0.25)


def slider_to_result(browser: Browser, site: Site) -> Measure:
    """Move one channel's money by a step: the new expectation stands on the page."""
    took: list[float] = []
    with _window(browser) as page:
        _open(page, site, "new plan")
        result, slider = page.get_by_test_id("stMetricValue").first, page.get_by_role("slider", name="Search")
        for _ in range(CLICKS):
            before = result.inner_text()
            began = time.perf_counter()
            slider.press("ArrowRight")
            expect(result).not_to_have_text(before)
            took.append(time.perf_counter() - began)
            page.locator(QUIET).wait_for()
    return _within("from the slider to the new result", min(took), 0.3)


def _within(measure: str, seconds: float, bar: float) -> Measure:
    return at_most(
        1.0,
        measure=f"{measure}, best of {CLICKS}",
        ours=seconds * 1000,
        unit="ms",
        against=f"{bar * 1000:g} ms",
        ratio=seconds / bar,
    )
