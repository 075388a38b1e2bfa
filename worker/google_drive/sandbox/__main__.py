"""`python -m worker.google_drive.sandbox --port 8585 --state .state/sandbox.sqlite`."""

import argparse
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m worker.google_drive.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, required=True, help="the file that holds everything; made when missing")
    parser.add_argument("--empty", action="store_true", help="start a new state without the sample files")
    chosen = parser.parse_args()

    from worker.google_drive.sandbox.serving import serve

    serve(chosen.port, chosen.state, empty=chosen.empty)


if __name__ == "__main__":
    main()
