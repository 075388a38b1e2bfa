"""The batch endpoint: several requests in one multipart body, each answered on its own."""

from collections.abc import Callable

from worker.google_drive.sandbox.api import Answer, Ask, Later, error_answer
from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.multipart import Part, read_parts

LIMIT = 100
BOUNDARY = "batch_of_the_sandbox"


def serve_batch(ask: Ask, serve: Callable[[Ask], Answer | Later]) -> Answer:
    """Answer each part in order. One that fails does not touch the others."""
    try:
        answers = [answer_part(ask, part, serve) for part in parts_of(ask)]
    except ApiError as error:
        return error_answer(error, "drive")
    body = b"".join(answers) + f"--{BOUNDARY}--\r\n".encode()
    return Answer(200, body, {"content-type": f"multipart/mixed; boundary={BOUNDARY}"})


def parts_of(ask: Ask) -> list[Part]:
    parts = read_parts(ask.body, ask.headers.get("content-type", ""))
    if ask.http_method != "POST" or len(parts) > LIMIT:
        raise ApiError(400, "badRequest", f"A batch is a POST of at most {LIMIT} requests.")
    return parts


def answer_part(ask: Ask, part: Part, serve: Callable[[Ask], Answer | Later]) -> bytes:
    answer = serve(read_inner(ask, part))
    if callable(answer):
        answer = answer()
    head = [f"--{BOUNDARY}", "Content-Type: application/http"]
    if "content-id" in part.headers:
        head.append(f"Content-ID: <response-{part.headers['content-id'].strip('<>')}>")
    status = [f"HTTP/1.1 {answer.status} Answered"]
    status += [f"{name}: {value}" for name, value in answer.headers.items()]
    status.append(f"Content-Length: {len(answer.body)}")
    return "\r\n".join([*head, "", *status, "", ""]).encode() + answer.body + b"\r\n"


def read_inner(ask: Ask, part: Part) -> Ask:
    """Read the request inside a part. It goes by the outer token when it brings none of its own."""
    request_line, _, rest = part.body.lstrip().partition(b"\n")
    words = request_line.decode("latin-1").split()
    if len(words) < 2 or not words[1].startswith("/"):
        raise ApiError(400, "badRequest", "A part of a batch begins with a method and a path.")
    inner = read_parts(b"--x\n" + rest + b"\n--x--", "boundary=x")[0]
    path, _, query = words[1].partition("?")
    headers = {"authorization": ask.headers.get("authorization", "")} | inner.headers
    return Ask(words[0], path, query, headers, inner.body, ask.base_url)
