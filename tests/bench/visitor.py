"""A browser without a screen: speaks Streamlit's protocol, so that many people fit on one machine."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect


@dataclass
class Visitor:
    """Someone on one page. `live` are the parts that the page asked to have drawn again, by their time in seconds."""

    socket: ClientConnection
    page: str
    query: str
    live: dict[str, float] = field(default_factory=dict[str, float])

    def open(self) -> float:
        """Draw the whole page; return the seconds until it stood. Raises AssertionError when the page broke."""
        return self._draw(ClientState(query_string=self.query, page_name=self.page, context_info=_ABOUT))

    def refresh(self) -> list[float]:
        """Draw each live part once, as its timer does; return the seconds of each."""
        return [
            self._draw(
                ClientState(
                    query_string=self.query,
                    page_name=self.page,
                    fragment_id=part,
                    is_auto_rerun=True,
                    context_info=_ABOUT,
                )
            )
            for part in list(self.live)
        ]

    def _draw(self, state: ClientState) -> float:
        began = time.perf_counter()
        self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        while True:
            message = ForwardMsg.FromString(self.socket.recv(timeout=60, decode=False))
            kind = message.WhichOneof("type")
            if kind == "auto_rerun":
                self.live[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "delta" and message.delta.new_element.HasField("exception"):
                raise AssertionError(message.delta.new_element.exception.message)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - began


_ABOUT = ContextInfo(timezone="Europe/Berlin", locale="en-GB", color_scheme="light")


@contextmanager
def visiting(url: str, page: str, query: str) -> Generator[Visitor]:
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None) as socket:  # pyright: ignore[reportArgumentType]
        yield Visitor(socket, page, query)
