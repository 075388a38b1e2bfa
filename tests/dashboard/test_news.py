"""The end of long work reaches whoever asked for it, on whatever page they are."""

from collections.abc import Callable

from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from dashboard.access import places
from events.plan import PlanProduced
from tests.dashboard import seeding
from tests.dashboard.seeding import ACME, ANA, PIA, WAITING

OpenPage = Callable[..., AppTest]
Read = Callable[[AppTest], str]


def finish(teller: seeding.Teller) -> None:
    planning_id = f"planning-{WAITING}-1"
    made = PlanProduced(
        campaign_id=WAITING, planning_id=planning_id, result=seeding.result(), sources=seeding.sources(), draws=None
    )
    teller.tell("plan", WAITING, made)
    places.forget()


def test_a_plan_that_is_made_is_told_on_another_page_and_on_home(
    normal: Engine, open_page: OpenPage, read: Read
) -> None:
    teller = seeding.Teller(normal)
    seeding.ask(teller, WAITING, seeding.brief("Autumn [push]"))
    app = open_page(normal, "settings", user=PIA, workspace=ACME)
    assert [] == list(app.toast)

    finish(teller)

    assert [r"The plan Autumn \[push\] was made."] == [toast.value for toast in app.run().toast]
    assert [] == list(app.run().toast)
    home = read(open_page(normal, "home", user=PIA, workspace=ACME))
    assert "Latest plan: Autumn [push]" in home
    assert ":material/edit_note: Draft]" in home
    assert "The plan Autumn [push] was made." in home


def test_the_plans_of_others_interrupt_nobody(normal: Engine, open_page: OpenPage) -> None:
    teller = seeding.Teller(normal)
    seeding.ask(teller, WAITING, seeding.brief("Autumn push"))
    app = open_page(normal, "settings", user=ANA, workspace=ACME)

    finish(teller)

    assert [] == list(app.run().toast)
