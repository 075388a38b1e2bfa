"""Sockets are for our own pages."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.serving.security import OwnPagesOnly


async def answer(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


PAGES = TestClient(Starlette(routes=[WebSocketRoute("/", answer)], middleware=[Middleware(OwnPagesOnly)]))


@pytest.mark.parametrize("headers", [{"origin": "http://plans.example"}, {}])
def test_our_own_page_and_other_programs_are_let_in(headers: dict[str, str]) -> None:
    with PAGES.websocket_connect("ws://plans.example/", headers=headers) as socket:
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "https://plans.example.elsewhere.example", "null"])
def test_a_page_of_another_site_is_refused(origin: str) -> None:
    with pytest.raises(WebSocketDisconnect), PAGES.websocket_connect("ws://plans.example/", headers={"origin": origin}):
        pass
