"""What the supervisor says about a program that does not start."""

from pathlib import Path

import pytest

from worker.embedded.settings import StackSettings
from worker.embedded.stack import Stack
from worker.embedded.supervisor import Service, Supervisor
from worker.trouble import Trouble


def _never(_service: Service) -> bool:
    return False


def test_a_program_that_ends_is_told_with_its_words_and_a_remedy(tmp_path: Path) -> None:
    said = ["sh", "-c", "echo 'The file is torn.'; exit 3"]
    service = Service("torn", "Torn", said, {}, _never, tmp_path / "torn.log", remedy="Sew it.")
    supervisor = Supervisor(print)
    supervisor.launch(service)

    with pytest.raises(Trouble) as told:
        supervisor.wait(service)

    assert f"Torn did not start: The file is torn (its log: {tmp_path / 'torn.log'}). Sew it." == str(told.value)


def test_a_damaged_file_of_temporal_is_told_with_what_is_safe(tmp_path: Path) -> None:
    stack = Stack(StackSettings(state=tmp_path), print)
    (tmp_path / "temporal.sqlite").write_text("torn")

    with pytest.raises(
        Trouble, match=r"Temporal did not start: .* or delete it: files, rows, plans and history are kept"
    ):
        stack.start()
    stack.stop()

    assert (tmp_path / "temporal.sqlite").read_text() == "torn"
