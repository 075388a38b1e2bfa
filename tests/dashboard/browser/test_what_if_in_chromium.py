"""A slider moved by hand in a real browser: the answer comes, and its place goes into the limits and stays there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.dashboard.browser.conftest import Watched

pytestmark = pytest.mark.browser

Browse = Callable[..., Watched]


def test_a_slider_moved_by_keyboard_answers_and_becomes_a_limit(browse: Browse) -> None:
    watched = browse()
    page = watched.open("/new_plan?workspace=acme")
    answer = page.get_by_test_id("stMetricValue").first
    before = answer.inner_text()

    page.get_by_role("slider", name="Search").press("ArrowRight")

    expect(answer).not_to_have_text(before)
    page.get_by_role("button", name="Use these amounts as limits").click()
    expect(page.get_by_text("What you set by hand is in the limits now.")).to_be_visible()
    page.get_by_role("button", name="Make plan").click()  # without a name: the form stays, and says so
    expect(page.get_by_text("Give the plan a name").first).to_be_visible()
    expect(page.get_by_label("Search: at least")).not_to_have_value("")
    expect(page.get_by_label("Social: at least")).to_have_value("")
