"""The whole sandbox around one state: what tests reach into, and what routes and verbs share."""

from collections import deque

from worker.google_drive.sandbox import batch, changes, downloads, drive_files, sheets
from worker.google_drive.sandbox.api import Answer, Ask, Handler, Later, serve
from worker.google_drive.sandbox.faults import Faults, Logged
from worker.google_drive.sandbox.state import State
from worker.google_drive.sandbox.uploads import Uploads


class Sandbox:
    """State, faults, the log of requests and the handlers of the API."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.faults = Faults()
        self.log: deque[Logged] = deque(maxlen=20_000)
        self.uploads = Uploads()
        self.handlers: dict[str, Handler] = {
            **drive_files.HANDLERS,
            **downloads.HANDLERS,
            **changes.HANDLERS,
            **sheets.HANDLERS,
            **self.uploads.handlers(),
        }

    def answer(self, ask: Ask) -> Answer | Later:
        """Answer one request to the API, or a batch of them."""
        if ask.path.startswith("/batch"):
            return batch.serve_batch(ask, lambda inner: serve(self.state, inner, self.handlers))
        if ask.path == "/spreadsheets/export":
            return downloads.follow_export_link(self.state, ask)
        if ask.http_method == "PUT" and ask.path.startswith(("/upload/", "/resumable/")):
            return self.uploads.proceed(ask)
        return serve(self.state, ask, self.handlers)
