"""Money moved by hand: what sliders do to each other, what is said, and what goes into a new plan."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Slider

from dashboard.views.what_if import balanced, in_whole_units, slider_range, what_if_view
from dashboard.voice import voice_of
from events.plan import Limit
from tests.dashboard import seeding
from tests.dashboard.kept_curves import kept_curves
from tests.dashboard.seeding import ACME, PIA, RETURNS
from worker.planning.what_if import Curves

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]
VOICE = voice_of("en", "EUR", datetime(2026, 11, 23, 12, tzinfo=UTC))
AMOUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**7), min_size=2)


@given(AMOUNTS, st.data())
def test_the_total_is_kept_whatever_is_moved(amounts: dict[str, int], data: st.DataObject) -> None:
    budget = sum(amounts.values())
    moved = data.draw(st.sampled_from(sorted(amounts)))
    held = data.draw(st.sets(st.sampled_from(sorted(amounts))))
    value = data.draw(st.integers(0, 2 * budget))

    after = balanced(amounts | {moved: value}, moved, held, budget)

    assert budget == sum(after.values())
    assert all(amount >= 0 for amount in after.values())
    assert min(value, budget) == after[moved]


def test_what_was_set_by_hand_moves_last() -> None:
    assert {"a": 50, "b": 30, "c": 20} == balanced({"a": 50, "b": 30, "c": 30}, "a", {"b"}, 100)
    assert {"a": 80, "b": 20, "c": 0} == balanced({"a": 80, "b": 30, "c": 30}, "a", {"b"}, 100)


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 10**9), min_size=1))
def test_whole_units_keep_the_sum(amounts: dict[str, float]) -> None:
    assert round(sum(amounts.values())) == sum(in_whole_units(amounts).values())


def test_every_slider_reaches_equally_far_in_steps_that_people_count_in() -> None:
    scale = slider_range(120_000, {"Search": 48_000, "Email": 4_000})

    assert (96_000, 500) == (scale.most, scale.step)


def test_the_answer_names_what_is_a_guess_and_what_is_unknown() -> None:
    split = seeding.split()
    curves = Curves(kept_curves(split, RETURNS))
    plan = {line.channel: float(line.amount) for line in split.lines}

    as_planned = what_if_view(VOICE, "revenue", curves.ask(plan), 120_000, of_plan=True)
    bold = what_if_view(VOICE, "revenue", curves.ask(plan | {"TV": 9.0, "Email": 60_000}), 120_000, of_plan=True)

    assert "These are the plan's amounts." == as_planned.against_plan
    assert "Total: €120,000." == as_planned.total
    assert ["Email: more than was ever tried, so the answer is a guess there."] == bold.warnings[:1]
    assert "TV: no curve is known" in bold.warnings[1]
    assert "more than the budget of €120,000" in bold.total
    assert "It beats the plan in" in bold.against_plan


def test_without_a_plan_there_is_a_calm_sentence(engine: Engine, open_page: OpenPage, read: Read) -> None:
    now = datetime.now(UTC)
    teller = seeding.members(engine)
    seeding.connect(teller, now)
    seeding.files(teller, now)

    app = open_page(engine, "new_plan", user=PIA, workspace=ACME)

    assert "As soon as a first plan with response curves is made" in read(app)
    assert [] == list(app.slider)


def channel(slider: Slider[Any]) -> str:
    """The first word of its label; what the money brings follows."""
    return slider.label.split()[0].strip("*")


def test_a_slider_answers_and_its_place_becomes_a_limit(followed: Engine, open_page: OpenPage, read: Read) -> None:
    seeding.normal(followed)
    app = open_page(followed, "new_plan", user=PIA, workspace=ACME)
    app.text_input(key="title").input("By hand")
    app.text_input(key="budget").input("100,000").run()
    before, today = app.metric[0].value, {channel(slider): slider.value for slider in app.slider}

    next(slider for slider in app.slider if channel(slider) == "Search").set_value(60_000).run()

    after = {channel(slider): slider.value for slider in app.slider}
    assert (100_000, 60_000) == (sum(int(value) for value in after.values()), after["Search"])
    assert int(after["Social"]) < int(today["Social"])
    assert before != app.metric[0].value
    assert "Total: €100,000." in read(app)

    late = next(slider for slider in app.slider if channel(slider) == "Social")
    assert sum(int(slider.value) for slider in late.set_value(31_797).run().slider) == 100_000

    next(button for button in app.button if button.label == "Use these amounts as limits").click().run()

    assert ("60,000", "60,000", "") == tuple(
        app.text_input(key=key).value for key in ("least_Search", "most_Search", "least_Social")
    )
    next(button for button in app.button if button.label == "Make plan").click().run()
    from tests.dashboard.test_commands_on_pages import told

    asked = told(followed, "plan.requested")[-1].event
    assert {"Search": Limit(at_least=Decimal(60_000), at_most=Decimal(60_000))} == asked.brief.limits  # type: ignore[attr-defined]


def test_limits_are_drawn_when_they_are_wanted_and_stay(normal: Engine, open_page: OpenPage) -> None:
    app = open_page(normal, "new_plan", user=PIA, workspace=ACME)

    assert not any(field.key == "least_Search" for field in app.text_input)

    app.session_state["limited_channels"] = ["Search"]
    app.run().text_input(key="least_Search").input("10,000").run()
    app.session_state["limited_channels"] = []

    assert "10,000" == app.run().text_input(key="least_Search").value
