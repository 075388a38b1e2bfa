"""The pages for people: whose files are there, what is in them, and a form to change one cell."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from worker.google_drive.sandbox.state import State


def routes(state: State) -> list[Route]:
    return []


__all__ = ["RedirectResponse", "Request", "Response", "State", "routes"]
