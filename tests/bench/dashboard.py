"""How fast pages are with a million events and a hundred thousand rows behind them, beside a page that says hi."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from playwright.sync_api import sync_playwright

from tests.bench import dashboard_browser
from tests.bench.dashboard_sites import EVENTS, PAGES, computed, query, running
from tests.bench.measure import Measure, at_most
from tests.bench.visitor import Visitor, visiting
from tests.chromium import ARGUMENTS, find
from tests.dashboard.seeding import READY
from tests.dashboard.site import Site

PEOPLE = 20
LIVE_SECONDS = 2.0
READS_LAST = 2.1
"""Seconds after which a page asks the database again whether something was stored."""


def run() -> Iterator[Measure]:
    with running() as sites:
        floor = _floor(sites.floor)
        yield from _computing(sites.ours, floor)
        yield from _crowd(sites.ours, floor)
        yield _past(sites.ours)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
            yield from dashboard_browser.to_interactive(browser, sites)
            yield dashboard_browser.click_to_toast(browser, sites.ours)
            yield dashboard_browser.slider_to_result(browser, sites.ours)


def _floor(site: Site) -> float:
    """Seconds of computing for the page that only says hi."""
    with visiting(site.url, "", "") as visitor:
        visitor.open()
        return _each(site, visitor.open, 0.0, 50)


def _computing(site: Site, floor: float) -> Iterator[Measure]:
    """Measure what the server computes for a page that nobody looked at in the last two seconds."""
    for name, (page, more, _) in PAGES.items():
        with visiting(site.url, page, query(more)) as visitor:
            visitor.open()
            yield _within(30, f"{name}, computing for a page", _each(site, visitor.open, READS_LAST, 10), floor)


def _each(site: Site, draw: Callable[[], object], pause: float, times: int) -> float:
    """Seconds of computing that one drawing costs."""
    before = computed(site)
    for _ in range(times):
        time.sleep(pause)
        draw()
    return (computed(site) - before) / times


def _within(bar_ms: float, measure: str, seconds: float, floor: float) -> Measure:
    return at_most(
        1.0,
        measure=measure,
        ours=seconds * 1000,
        unit="ms",
        against=f'{bar_ms:g} ms; st.write("hi") {floor * 1000:.1f} ms',
        ratio=seconds * 1000 / bar_ms,
    )


def _crowd(site: Site, floor: float, seconds: float = 30) -> Iterator[Measure]:
    """Let twenty people look at pages that draw their live parts every two seconds."""
    shown, took = list(PAGES.values()), list[float]()
    with ExitStack() as stack:
        people: list[Visitor] = []
        for place in range(PEOPLE):
            page, more, _ = shown[place % len(shown)]
            people.append(stack.enter_context(visiting(site.url, page, query(more))))
            people[-1].open()
        before, began = computed(site), time.perf_counter()
        threads = [
            threading.Thread(target=_watch, args=(person, place * LIVE_SECONDS / PEOPLE, began + seconds, took))
            for place, person in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cost = computed(site) - before
    yield _within(6, f"{PEOPLE} people, computing for a live part", cost / len(took), floor)
    yield at_most(
        0.15,
        measure=f"{PEOPLE} people at {LIVE_SECONDS:g} s",
        ours=cost / (time.perf_counter() - began),
        unit="cores",
        against="one core",
        ratio=cost / (time.perf_counter() - began),
    )
    late = statistics.quantiles(took, n=20)[-1]
    yield at_most(
        1.0,
        measure=f"{PEOPLE} people, a live part, 95 of 100",
        ours=late * 1000,
        unit="ms",
        against="40 ms",
        ratio=late / 0.04,
    )


def _watch(person: Visitor, came: float, until: float, took: list[float]) -> None:
    """Look on as somebody who came some seconds after the first: nobody's timer beats with anybody else's."""
    time.sleep(came)
    while time.perf_counter() < until:
        time.sleep(LIVE_SECONDS)
        took.extend(person.refresh())


def _past(site: Site) -> Measure:
    """Open every page at points that nobody looked at before, going back: no state that is kept helps."""
    took: list[float] = []
    for point in (24_990, 333_333, 499_999, 724_990, 999_990):
        for place, (page, more, _) in enumerate(PAGES.values()):
            past = query(more.replace(READY, "c1")) + f"&at={point - place}"
            with visiting(site.url, page, past) as visitor:
                took.append(visitor.open())
    late = statistics.quantiles(took, n=20)[-1]
    return at_most(
        1.0,
        measure=f"any page at any past point of {EVENTS:,} events",
        ours=late * 1000,
        unit="ms",
        against="one second, 95 of 100",
        ratio=late,
    )
