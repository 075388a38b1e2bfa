"""A state folder that cannot be used is told in one sentence."""

import errno
from pathlib import Path

import psycopg
import pytest

from worker.embedded.stack import only_one
from worker.trouble import Trouble


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    taken = tmp_path / "state"
    taken.write_text("")

    with pytest.raises(Trouble, match="cannot be used: File exists"), only_one(taken):
        pass


@pytest.mark.parametrize("problem", [OSError(errno.ENOSPC, "No space left on device"), psycopg.errors.DiskFull()])
def test_a_full_disk_is_told(tmp_path: Path, problem: Exception) -> None:
    with pytest.raises(Trouble, match="No space left on device"), only_one(tmp_path):
        raise problem


def test_another_failure_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="reset"), only_one(tmp_path):
        raise OSError(errno.ECONNRESET, "reset")
