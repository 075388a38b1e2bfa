"""Sessions in which each statement is a transaction of its own."""

import psycopg
import pytest
from sqlalchemy.engine import Engine

from events.database import APP_ROLE, Autocommit

WHO = b"SELECT pg_backend_pid(), current_user::text"


def _who(sessions: Autocommit) -> tuple[int, str]:
    row = sessions.run(lambda run: run.execute(WHO).fetchone())
    assert row is not None
    return row[0], row[1]


def test_a_session_is_lent_again_under_the_restricted_role(engine: Engine) -> None:
    sessions = Autocommit(engine)

    assert _who(sessions) == _who(sessions)
    assert APP_ROLE == _who(sessions)[1]


def test_a_session_that_died_while_idle_is_replaced(engine: Engine, migrated_url: str) -> None:
    sessions = Autocommit(engine)
    first, _ = _who(sessions)
    with psycopg.connect(migrated_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (first,))

    assert first != _who(sessions)[0]


def test_two_at_once_have_each_their_own_session(engine: Engine) -> None:
    sessions = Autocommit(engine)

    one, other = sessions.run(lambda run: (run.connection.info.backend_pid, _who(sessions)[0]))

    assert one != other


def test_a_session_survives_a_refused_statement(engine: Engine) -> None:
    sessions = Autocommit(engine)
    first, _ = _who(sessions)

    with pytest.raises(psycopg.errors.DivisionByZero):
        sessions.run(lambda run: run.execute("SELECT 1 / 0"))

    assert first == _who(sessions)[0]


def test_idle_sessions_end_with_the_engine(engine: Engine) -> None:
    sessions = Autocommit(engine)
    connection = sessions.run(lambda run: run.connection)

    engine.dispose()

    assert connection.closed


def test_a_session_that_is_left_in_a_transaction_is_closed(engine: Engine) -> None:
    sessions = Autocommit(engine)

    assert sessions.run(lambda run: run.execute("BEGIN")).connection.closed
