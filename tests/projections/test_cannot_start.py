"""What the read models' commands say when their database cannot be reached."""

import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from projections.__main__ import app

SECRET = "hunter2-canary"


@pytest.mark.parametrize("command", ["follow", "lag"])
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (None, "The setting MEDIA_PLANNER_DATABASE_URL is missing."),
        (SECRET, "The setting MEDIA_PLANNER_DATABASE_URL is wrong: write it like postgresql://"),
        (f"postgresql://u:{SECRET}@127.0.0.1:9/x", "PostgreSQL does not answer at 127.0.0.1:9, or refuses"),
    ],
)
def test_an_unreachable_database_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, command: str, url: str | None, sentence: str
) -> None:
    monkeypatch.delenv("MEDIA_PLANNER_DATABASE_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("MEDIA_PLANNER_DATABASE_URL", url)

    ended = CliRunner().invoke(app, [command])

    assert ended.exit_code == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.output
    assert SECRET not in ended.output


def test_a_refused_password_is_one_sentence(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    wrong = make_url(database_url).set(password=SECRET).render_as_string(hide_password=False)
    monkeypatch.setenv("MEDIA_PLANNER_DATABASE_URL", wrong)

    ended = CliRunner().invoke(app, ["follow"])

    assert (ended.exit_code, "refuses the user or password" in ended.stderr) == (1, True)
    assert SECRET not in ended.output
