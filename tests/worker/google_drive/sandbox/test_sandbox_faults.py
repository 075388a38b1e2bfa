"""Faults on demand, as Google's clients meet them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from googleapiclient.errors import HttpError

from worker.google_drive.sandbox import control
from worker.google_drive.sandbox.accounts import INES, MARA, THEO
from worker.google_drive.sandbox.faults import Do, Faults, Match, Rule
from worker.google_drive.sandbox.running import Running

SignIn = Callable[..., Any]
Service = Callable[..., Any]
LISTING = {"method": "GET", "path": "/drive/v3/files$"}


@pytest.fixture
def get(sandbox: Running, sign_in: SignIn) -> Callable[..., httpx.Response]:
    headers = {"authorization": f"Bearer {sign_in().token}"}

    def ask(path: str) -> httpx.Response:
        return httpx.get(sandbox.url + path, headers=headers, timeout=5)

    return ask


def test_a_rule_skips_breaks_and_heals(sandbox: Running, get: Any) -> None:
    sandbox.control.faults({"match": LISTING, "skip": 1, "times": 2, "do": {"status": 503}})

    assert [200, 503, 503, 200] == [get("/drive/v3/files").status_code for _ in range(4)]


def test_an_error_has_googles_shape(sandbox: Running, get: Any) -> None:
    do = {"status": 403, "reason": "userRateLimitExceeded", "retry_after": 7}
    sandbox.control.faults({"match": LISTING, "do": do})

    answer = get("/drive/v3/files")

    assert answer.headers["retry-after"] == "7"
    assert answer.json() == {
        "error": {
            "code": 403,
            "message": "The sandbox was asked to fail here.",
            "errors": [
                {
                    "domain": "usageLimits",
                    "reason": "userRateLimitExceeded",
                    "message": "The sandbox was asked to fail here.",
                }
            ],
        }
    }


def test_the_client_retries_a_rate_limit_by_itself(sandbox: Running, drive: Any) -> None:
    sandbox.control.faults({"match": LISTING, "do": {"status": 403, "reason": "rateLimitExceeded"}})

    assert drive.files().list().execute(num_retries=1)["files"] == []
    assert [403, 200] == [noted["status"] for noted in sandbox.control.requests("/drive/v3/files")]


def test_a_rule_can_be_about_one_user(sandbox: Running, sign_in: SignIn, service: Service) -> None:
    mara, theo = service(sign_in(MARA.email)), service(sign_in(THEO.email))
    sandbox.control.faults({"match": {"user": MARA.email}, "times": None, "do": {"status": 500}})

    assert theo.files().list().execute()["files"] == []
    for _ in range(3):
        with pytest.raises(HttpError) as error:
            mara.files().list().execute()
        assert error.value.status_code == 500


def test_the_token_endpoint_fails_in_oauths_words(sandbox: Running, sign_in: SignIn) -> None:
    credentials = sign_in()
    do = {"status": 400, "reason": "invalid_grant", "message": "Bad Request"}
    sandbox.control.faults({"match": {"path": "^/token$", "user": MARA.email}, "do": do})

    form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
    answer = httpx.post(f"{sandbox.url}/token", data=form)

    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_grant", "error_description": "Bad Request"}


def test_a_delay_holds_one_answer_and_no_other(sandbox: Running, get: Any) -> None:
    sandbox.control.faults({"match": LISTING, "do": {"delay_s": 0.4}})

    begin = time.monotonic()
    slow = get("/drive/v3/files")
    middle = time.monotonic()
    fast = get("/drive/v3/files")

    assert (slow.status_code, fast.status_code) == (200, 200)
    assert middle - begin >= 0.4
    assert time.monotonic() - middle < 0.4


def test_a_body_can_be_cut_short(sandbox: Running, get: Any) -> None:
    file_id = sandbox.control.add_file(MARA.email, "a.bin", b"x" * 5000, "application/octet-stream")
    sandbox.control.faults({"match": {"path": file_id}, "do": {"close_after_bytes": 1000}})

    with pytest.raises(httpx.RemoteProtocolError, match="received 1000 bytes, expected 5000"):
        get(f"/drive/v3/files/{file_id}?alt=media")

    assert len(get(f"/drive/v3/files/{file_id}?alt=media").content) == 5000


def test_a_connection_can_be_reset(sandbox: Running, get: Any) -> None:
    sandbox.control.faults({"match": LISTING, "do": {"reset": True}})

    with pytest.raises(httpx.ReadError, match="reset"):
        get("/drive/v3/files")

    (noted,) = sandbox.control.requests("/drive/v3/files")
    assert (noted["status"], noted["fault"]) == (None, True)
    assert get("/drive/v3/files").status_code == 200


def test_an_answer_can_be_broken_json(sandbox: Running, get: Any) -> None:
    sandbox.control.faults({"match": LISTING, "do": {"bad_json": True}})

    answer = get("/drive/v3/files")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|JSON"):
        answer.json()


def test_a_revoked_grant_ends_every_token(sandbox: Running, get: Any) -> None:
    assert get("/drive/v3/files").status_code == 200

    sandbox.control.revoke_grant(MARA.email)

    assert get("/drive/v3/files").status_code == 401


def test_requests_are_noted_with_their_user(sandbox: Running, get: Any) -> None:
    sandbox.control.clear_requests()
    get("/drive/v3/files?q=trashed%3Dfalse")
    get("/drive/v3/nothing")

    first, second = sandbox.control.requests()

    assert (first["method"], first["path"], first["query"]) == ("GET", "/drive/v3/files", "q=trashed%3Dfalse")
    assert (first["user"], first["status"], second["status"]) == (MARA.email, 200, 404)


def test_reset_brings_the_first_day_back(sandbox: Running, sign_in: SignIn) -> None:
    sandbox.control.add_file(INES.email, "a.csv", b"", "text/csv")
    sandbox.control.faults({"match": {"path": "never"}, "do": {"status": 500}})
    sandbox.control.advance_clock(100)
    token = sign_in().token

    sandbox.control.reset(empty=True)

    assert sandbox.control.files(INES.email) == []
    assert httpx.get(f"{sandbox.url}/__sandbox/faults").json() == []
    assert sandbox.control.requests() == []
    answer = httpx.get(f"{sandbox.url}/drive/v3/files", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("verb", "body", "status", "words"),
    [
        ("explode", {}, 404, "no such verb"),
        ("faults", {"rules": [{"do": {"explode": True}}]}, 400, "unknown field `explode`"),
        ("faults", {"rules": [{"match": {"path": "("}, "do": {}}]}, 400, "no regular expression"),
        ("add_file", {"user": MARA.email, "name": "x", "data_base64": "%"}, 400, "base64"),
        ("add_file", {"user": MARA.email, "name": "x", "modified_at": "2026-01-01T00:00:00"}, 400, "timezone"),
        ("revoke_grant", {}, 400, "missing required field `user`"),
        ("delete_file", {"file_id": "x"}, 400, "no file x"),
        ("add_file", {"user": "x", "name": "y"}, 400, "no account x"),
        ("edit_cell", {"file_id": "x", "cell": "A1", "value": ""}, 400, "no file x"),
    ],
)
def test_a_wrong_verb_says_what_is_wrong(
    sandbox: Running, verb: str, body: dict[str, Any], status: int, words: str
) -> None:
    answer = httpx.post(f"{sandbox.url}/__sandbox/{verb}", json=body)

    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_other_web_pages_cannot_use_the_verbs(sandbox: Running) -> None:
    crossing = httpx.post(f"{sandbox.url}/__sandbox/reset", headers={"sec-fetch-site": "cross-site"})
    rebound = httpx.post(f"{sandbox.url}/__sandbox/reset", headers={"host": "evil.example"})

    assert (crossing.status_code, rebound.status_code) == (403, 400)


def test_the_readme_names_every_verb() -> None:
    readme = Path(control.__file__).with_name("README.md").read_text()

    assert [] == [verb for verb in control.VERBS if f"`{verb}`" not in readme]


def test_every_rule_counts_and_the_first_that_applies_wins() -> None:
    faults = Faults()
    faults.rules = [
        Rule(match=Match(path="a"), times=1, do=Do(status=500)),
        Rule(match=Match(path="a"), skip=1, times=1, do=Do(status=501)),
    ]

    done = [faults.for_request("GET", "/a", None) for _ in range(3)]

    assert [500, 501, None] == [do.status if do else None for do in done]
