"""A small server that speaks the OpenAI chat API and answers as it is told: a language model without a model."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Findings = list[dict[str, Any]]


class Refusal(str):
    """What a model says when it refuses, in the field that the API has for it."""

    __slots__ = ()


@dataclass
class Model:
    """`speak` turns findings into texts by id, or returns raw content, or an HTTP status to fail with."""

    speak: Callable[[Findings], dict[str, str] | str | int | Refusal]
    seconds: float = 0.0
    trickle: float = 0.0
    """Seconds between two bytes of the answer: a line that is alive and gets nowhere."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(model: Model) -> Iterator[Model]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(model))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    model.address = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        model.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(model: Model) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            model.asked.append(request)
            time.sleep(model.seconds)
            spoken = model.speak(json.loads(request["messages"][-1]["content"])["findings"])
            if isinstance(spoken, int):
                self._send(spoken, {"error": {"message": "no", "type": "server_error"}})
                return
            texts = [{"id": name, "text": text} for name, text in spoken.items()] if isinstance(spoken, dict) else None
            content = spoken if texts is None else json.dumps({"texts": texts})
            refusal = str(spoken) if isinstance(spoken, Refusal) else None
            self._send(200, _answer(str(request["model"]), None if refusal else str(content), refusal))

        def _send(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            if not model.trickle:
                self.wfile.write(data)
                return
            with suppress(OSError):
                for byte in data:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    if model.over.wait(model.trickle):
                        return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    return Handler


def _answer(name: str, content: str | None, refusal: str | None = None) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 0,
        "model": name,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
