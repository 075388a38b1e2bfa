"""Which failures are tried again, when, and what their messages may say."""

from datetime import timedelta

import pytest

from events.store import StreamMoved
from projections.members import NoAccess
from worker import platform
from worker.failures import NoSuchCampaign, expected, translated
from worker.vault import VaultCannotOpen


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (platform.GrantLost("Connect again."), True),
        (platform.ConsentRefused("Connect again."), True),
        (platform.FileGone("Gone."), True),
        (platform.PlatformUnavailable("Away."), False),
        (platform.PlatformBusy("Slow down."), False),
        (VaultCannotOpen("Connect again."), True),
        (NoAccess(None, "planner"), True),
        (NoSuchCampaign("It does not exist."), True),
    ],
)
def test_an_expected_failure_keeps_its_words(error: Exception, final: bool) -> None:
    failure = translated(error)

    assert failure.type == type(error).__name__
    assert failure.message == str(error)
    assert failure.non_retryable == final
    assert expected(error)


def test_the_platform_says_how_long_to_wait() -> None:
    assert translated(platform.PlatformBusy("Slow down.", 7.0)).next_retry_delay == timedelta(seconds=7)
    assert translated(platform.PlatformBusy("Slow down.")).next_retry_delay is None


def test_an_unexpected_failure_tells_nothing_outside_of_the_log() -> None:
    failure = translated(RuntimeError("token ya29.secret in a request"))

    assert "ya29" not in failure.message
    assert failure.type == "RuntimeError"
    assert not failure.non_retryable
    assert not expected(RuntimeError())


def test_who_comes_second_tries_again() -> None:
    failure = translated(StreamMoved("ws/file/f", 1, 2))

    assert not failure.non_retryable
    assert "ws/file" not in failure.message


def test_a_message_is_never_longer_than_temporal_likes() -> None:
    assert len(translated(platform.PlatformUnavailable("x" * 100_000)).message) == 8_000
