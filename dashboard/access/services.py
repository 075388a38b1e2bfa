"""The two things the dashboard talks to, one of each a process: PostgreSQL and Temporal."""

from functools import cache

from sqlalchemy.engine import Engine

from dashboard.access.temporal_bridge import Temporal, TemporalBridge
from events import database


@cache
def engine() -> Engine:
    return database.connect(database.DatabaseSettings().database_url.get_secret_value(), pool_size=10)  # pyright: ignore[reportCallIssue]


@cache
def temporal() -> Temporal:
    return TemporalBridge()
