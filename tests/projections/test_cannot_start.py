"""What the follower says when its database cannot be reached."""

import signal
from collections.abc import Iterator

import pytest
from sqlalchemy.engine import make_url

from projections.__main__ import main

SECRET = "hunter2-canary"


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The process of the tests keeps its own."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (None, "The setting MEDIA_PLANNER_DATABASE_URL is missing."),
        (SECRET, "The setting MEDIA_PLANNER_DATABASE_URL is wrong: write it like postgresql://"),
        (f"postgresql://u:{SECRET}@127.0.0.1:9/x", "PostgreSQL does not answer at 127.0.0.1:9, or refuses"),
    ],
)
def test_an_unreachable_database_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str | None, sentence: str
) -> None:
    monkeypatch.delenv("MEDIA_PLANNER_DATABASE_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("MEDIA_PLANNER_DATABASE_URL", url)

    assert 1 == main()

    said = capsys.readouterr()
    assert "" == said.out
    assert said.err.startswith(sentence)
    assert "Traceback" not in said.err
    assert SECRET not in said.err


def test_a_refused_password_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    wrong = make_url(database_url).set(password=SECRET).render_as_string(hide_password=False)
    monkeypatch.setenv("MEDIA_PLANNER_DATABASE_URL", wrong)

    assert 1 == main()

    said = capsys.readouterr().err
    assert "refuses the user or password" in said
    assert SECRET not in said
