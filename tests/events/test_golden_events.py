"""Every event that was ever stored must decode for ever: one sample of each name and version, never edited."""

import json
from pathlib import Path
from typing import Any

import pytest

from events.campaign_file import FileSynced
from events.catalogue import CATALOGUE, Catalogue, UnknownEvent, UnreadableEvent
from events.envelope import Event, named
from events.store import encode
from tests.events.samples import EVERY_EVENT

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = sorted(GOLDEN.glob("*.json"))


def as_known(kept: Any, today: Any) -> Any:
    """`today` without the fields that were added since, at any depth."""
    if isinstance(kept, dict) and isinstance(today, dict):
        return {field: as_known(kept[field], today[field]) for field in kept}
    if isinstance(kept, list) and isinstance(today, list) and len(kept) == len(today):
        return [as_known(old, new) for old, new in zip(kept, today, strict=True)]
    return today


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_stored_event_decodes_for_ever(sample: Path) -> None:
    name, version = sample.stem.rsplit("@", 1)

    event = CATALOGUE.decode(name, int(version), sample.read_bytes())

    assert name == event.NAME
    kept, today = json.loads(sample.read_bytes()), json.loads(bytes(encode(event)))
    if int(version) == event.VERSION:
        assert kept == as_known(kept, today)


def test_the_readme_names_every_event() -> None:
    told = (Path(__file__).parents[2] / "events" / "README.md").read_text("utf-8")

    short = {name: name[name.index(".") :] for name in CATALOGUE.classes}
    assert [] == [name for name in short if f"`{name}`" not in told and f"`{short[name]}`" not in told]


def test_every_event_has_a_golden_sample() -> None:
    stored = {(name, cls.VERSION) for name, cls in CATALOGUE.classes.items()}

    assert stored <= {(path.stem.rsplit("@", 1)[0], int(path.stem.rsplit("@", 1)[1])) for path in SAMPLES}


def test_every_event_is_encoded_and_decoded_unchanged() -> None:
    assert set(CATALOGUE.classes) == {event.NAME for event in EVERY_EVENT}
    for event in EVERY_EVENT:
        assert event == CATALOGUE.decode(event.NAME, event.VERSION, bytes(encode(event)))


def test_an_old_shape_is_lifted_step_by_step() -> None:
    @named("thing.done", version=3)
    class ThingDone(Event, frozen=True, kw_only=True):
        title: str
        amount: str

    catalogue = Catalogue(
        [ThingDone],
        {
            ("thing.done", 1): lambda data: {"title": data["name"]},
            ("thing.done", 2): lambda data: {**data, "amount": "0"},
        },
    )

    assert ThingDone(title="a", amount="0") == catalogue.decode("thing.done", 1, '{"name": "a"}')
    assert ThingDone(title="b", amount="0") == catalogue.decode("thing.done", 2, '{"title": "b"}')
    with pytest.raises(UnknownEvent, match="update the software"):
        catalogue.decode("thing.done", 4, "{}")
    with pytest.raises(UnknownEvent):
        catalogue.decode("thing.undone", 1, "{}")


def test_data_that_does_not_fit_says_which_event() -> None:
    with pytest.raises(UnreadableEvent, match=r"file\.synced"):
        CATALOGUE.decode(FileSynced.NAME, 1, '{"file_id": 3}')
