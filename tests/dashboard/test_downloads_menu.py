"""The menu of what a plan can be taken away as: the same for everyone who may read it, now and in the past."""

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from events.plan import PlanProduced
from tests.dashboard import seeding
from tests.dashboard.exported_plans import in_google
from tests.dashboard.seeding import ACME, ANA, FAILED, PARTIAL, READY, VERA, WAITING

OpenPage = Callable[..., AppTest]
State = Callable[[str], Engine]
FILES = ["Excel workbook", "PDF one-pager", "CSV table", "Long table for BI", "Media plan JSON"]
GERMAN = ["Excel-Arbeitsmappe", "PDF auf einer Seite", "CSV-Tabelle", "Lange Tabelle für BI", "Mediaplan als JSON"]


def offered(app: AppTest) -> list[str]:
    assert not app.exception
    return [button.label for button in app.get("download_button")]


@pytest.mark.parametrize(
    ("name", "user", "plan", "files"),
    [
        ("normal", ANA, READY, FILES),
        ("normal", VERA, READY, FILES),
        ("normal", ANA, PARTIAL, FILES),
        ("normal", ANA, FAILED, []),
        ("normal", ANA, "gone", []),
        ("german", ANA, READY, GERMAN),
    ],
)
def test_whoever_reads_a_plan_may_take_it_away(
    state: State, open_page: OpenPage, name: str, user: str, plan: str, files: list[str]
) -> None:
    assert files == offered(open_page(state(name), "plans", user=user, workspace=ACME, plan=plan))


def test_a_plan_that_is_being_made_cannot_be_taken_away(engine: Engine, open_page: OpenPage) -> None:
    teller = seeding.members(engine)
    seeding.ask(teller, WAITING, seeding.brief())

    assert [] == offered(open_page(engine, "plans", user=ANA, workspace=ACME, plan=WAITING))


def test_the_google_file_is_offered_when_google_is_planned(engine: Engine, open_page: OpenPage) -> None:
    teller = seeding.members(engine)
    seeding.ask(teller, READY, seeding.brief())
    result = msgspec.structs.replace(seeding.result(), distribution_plan=in_google())
    made = PlanProduced(campaign_id=READY, planning_id="p", result=result, sources=[], draws=None)
    position = teller.tell("plan", READY, made)

    assert "Google Ads Editor CSV" in offered(open_page(engine, "plans", user=ANA, workspace=ACME, plan=READY))
    past = open_page(engine, "plans", user=ANA, workspace=ACME, plan=READY, at=str(position))
    assert "Google Ads Editor CSV" in offered(past)
    assert any("rounding them down leaves €0.60" in caption.value for caption in past.caption)
