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


_OURS = ("problem.temporal_away", "problem.database_away", "problem.unexpected")
"""What an administrator looks into, by the support code that the page shows and the log names."""


def sentence(say: Words, error: Exception) -> str:
    """Say what happened and what to do; for what is wrong on our side, log it under the code that stands last."""
    key = next((key for kind, key in _KEYS.items() if isinstance(error, kind)), "problem.unexpected")
    return f"{say(key)} {say('problem.code', code=_logged(error))}" if key in _OURS else say(key)


def _logged(error: Exception) -> str:
    """One code a visit and kind of error: parts that draw themselves every two seconds would fill the log."""
    codes: dict[str, str] = st.session_state.setdefault("problem.codes", {})
    kind = type(error).__name__
    if kind not in codes:
        codes[kind] = secrets.token_hex(3).upper()
        logger.error("support code %s", codes[kind], exc_info=error)
    return codes[kind]


@contextmanager
def told(say: Words) -> Generator[None]:
    """Run a command; a refusal becomes a sentence that stays on the page until the next command."""
    st.session_state.pop(_TOLD, None)
    try:
        yield
    except tuple(_KEYS) as error:
        reads.forget()
        tell(sentence(say, error))


def tell(problem: str) -> None:
    """Keep a sentence for the top of the page."""
    st.session_state[_TOLD] = problem


def show_told(page: str) -> None:
    """Show the newest refusal on the page where it happened: pages are drawn again whenever something is stored."""
    if st.session_state.get(_PAGE) != page:
        st.session_state.pop(_TOLD, None)
    st.session_state[_PAGE] = page
    place = st.empty()  # also without a refusal: what stands below would begin anew when one comes
    if told_last := st.session_state.get(_TOLD):
        place.error(told_last, icon=":material/error:")


def on_script_error(error: Exception) -> bool:
    """Show a sentence in place of the page; the details are in the log."""
    from datetime import UTC, datetime

    say = voice_of(str(st.session_state.get("visit.locale") or st.context.locale or "en"), "EUR", datetime.now(UTC)).say
    st.error(sentence(say, error), icon=":material/error:")
    return True
