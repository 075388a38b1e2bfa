"""What pages say when something breaks: a sentence, what to do, and the support code last."""

import logging
import re

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from projections.members import NoAccess


def _page() -> None:
    import streamlit as st

    from dashboard import problems

    problems.on_script_error(st.session_state["error"])


def _told(error: Exception) -> AppTest:
    app = AppTest.from_function(_page)
    app.session_state["error"] = error
    return app.run()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (psycopg.OperationalError("connection refused"), "Our database does not answer right now."),
        (RuntimeError("surprise"), "Something went wrong on our side"),
    ],
)
def test_the_support_code_stands_last_and_leads_to_the_traceback(
    error: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "dashboard"):
        app = _told(error)
        app.run()

    found = re.fullmatch(r"(.*) Support code: ([0-9A-F]{6})", app.error[0].value)
    assert found
    assert found[1].startswith(told)
    (logged,) = (record for record in caplog.records if record.name == "dashboard")
    assert found[2] in logged.getMessage()
    assert logged.exc_info
    assert logged.exc_info[1] is error


def test_a_refusal_is_no_fault_and_has_no_code(caplog: pytest.LogCaptureFixture) -> None:
    app = _told(NoAccess("viewer", "planner"))

    assert "Your role does not allow this. Ask an owner of this workspace." == app.error[0].value
    assert not [record for record in caplog.records if record.name == "dashboard"]
