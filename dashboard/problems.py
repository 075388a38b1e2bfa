"""What went wrong, in a sentence: what happened, what it means, who can do what. Never a stack trace."""

import logging
import secrets
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
import streamlit as st
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from dashboard.access import commands, file_commands, reads
from dashboard.access.temporal_bridge import NoSuchWorkflow, TemporalAway
from dashboard.voice import voice_of
from dashboard.words import Words
from projections.members import NoAccess

logger = logging.getLogger("dashboard")

_TOLD, _PAGE = "problem.told", "problem.page"
_KEYS: dict[type[Exception], str] = {
    NoAccess: "problem.not_allowed",
    TemporalAway: "problem.temporal_away",
    NoSuchWorkflow: "problem.temporal_away",
    commands.PastIsFixed: "past.disabled",
    commands.Superseded: "problem.already_decided",
    file_commands.FileMovedOn: "file.pins.moved_on",
    commands.LastOwner: "settings.last_owner",
    psycopg.OperationalError: "problem.database_away",
    OperationalError: "problem.database_away",
    NoFreeConnection: "problem.database_away",
}


def sentence(say: Words, error: Exception) -> str | None:
    """Say what a known error means; None for one that nobody expected."""
    return next((say(key) for kind, key in _KEYS.items() if isinstance(error, kind)), None)


@contextmanager
def told(say: Words) -> Generator[None]:
    """Run a command; a refusal becomes a sentence that stays on the page until the next command."""
    st.session_state.pop(_TOLD, None)
    try:
        yield
    except tuple(_KEYS) as error:
        reads.forget()
        tell(sentence(say, error) or "")


def tell(problem: str) -> None:
    """Keep a sentence for the top of the page."""
    st.session_state[_TOLD] = problem


def show_told(page: str) -> None:
    """Show the newest refusal on the page where it happened: pages are drawn again whenever something is stored."""
    if st.session_state.get(_PAGE) != page:
        st.session_state.pop(_TOLD, None)
    st.session_state[_PAGE] = page
    if told_last := st.session_state.get(_TOLD):
        st.error(told_last, icon=":material/error:")


def on_script_error(error: Exception) -> bool:
    """Show a sentence in place of the page and keep the details in the log, found by the support code."""
    from datetime import UTC, datetime

    say = voice_of(str(st.session_state.get("visit.locale") or "en"), "EUR", datetime.now(UTC)).say
    code = secrets.token_hex(3).upper()
    logger.error("support code %s", code, exc_info=error)
    st.error(sentence(say, error) or say("problem.unexpected", code=code), icon=":material/error:")
    return True
