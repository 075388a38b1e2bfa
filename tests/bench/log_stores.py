"""Appending beside other event stores on PostgreSQL, which are no Python packages: each from a folder that is named."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests.bench.log_samples import append
from tests.bench.log_server import Server, best, faster, open_engine
from tests.bench.measure import Measure, Skipped, at_least
from tests.bench.peers import emmett, message_db

BATCH = 100


def measures(server: Server) -> Iterator[Measure | Skipped]:
    yield _message_db(server)
    yield _emmett(server)


def _message_db(server: Server) -> Measure | Skipped:
    """Both append in a transaction of their own, begun and committed by the client."""
    folder = os.environ.get("MEDIA_PLANNER_BENCH_MESSAGE_DB")
    if not folder:
        return Skipped(
            "append one event",
            "Message DB is a set of SQL scripts: `npm pack @eventide/message-db`, unpack it"
            " and set MEDIA_PLANNER_BENCH_MESSAGE_DB to its folder `database`.",
        )
    url = server.make_database()
    with ExitStack() as stack:
        ours = stack.enter_context(stack.enter_context(open_engine(url)).connect())
        theirs = stack.enter_context(psycopg.connect(url))
        message_db.install(theirs, Path(folder))
        contenders = {"ours": lambda: append(ours, 1, 50), "theirs": lambda: message_db.append(theirs, 50)}
        paces = best(server, contenders, rounds=30)
    return faster(0.9, "append one event", paces, "ours", "theirs", "Message DB's write_message")


def _emmett(server: Server) -> Measure | Skipped:
    """What each is called with, to what it returns; Node's computing is not counted, so none is given."""
    folder, node = os.environ.get("MEDIA_PLANNER_BENCH_EMMETT"), shutil.which("node")
    if not folder or not node:
        return Skipped(
            "append 100 at once",
            "emmett runs in Node.js: `npm install @event-driven-io/emmett-postgresql @event-driven-io/emmett`"
            " and set MEDIA_PLANNER_BENCH_EMMETT to the folder where you did.",
        )
    url = server.make_database()
    with ExitStack() as stack:
        ours = stack.enter_context(stack.enter_context(open_engine(url)).connect())
        theirs = stack.enter_context(emmett.appending(node, Path(folder), url))
        contenders = {"ours": lambda: append(ours, BATCH, 5), "theirs": lambda: theirs(BATCH, 5)}
        paces = best(server, contenders, rounds=24)
    return at_least(
        1.6,
        measure="append 100 at once",
        ours=paces["ours"].rate,
        unit="events/s",
        against="emmett's appendToStream",
        ratio=paces["ours"].rate / paces["theirs"].rate,
    )
