"""`python -m projections`: keep the read models at the end of the log until told to stop."""

import logging
import signal
import sys
import threading

from projections import follower, schema
from projections.start import CannotStart, open_database, settings_named


def main() -> int:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with settings_named():
            engine = open_database(schema.migrate)
    except CannotStart as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    follower.follow(engine, stop)
    engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
