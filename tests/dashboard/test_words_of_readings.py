"""What the reader says about files can be said in every language of the dashboard."""

import re
import tomllib
from pathlib import Path

import pytest

from dashboard.figures import Figures, known_locale
from dashboard.words import LANGUAGES, Words
from dashboard.words.reading import is_known, said, sentences
from worker.sheets.reader import read
from worker.sheets.reading import Reading

KINDS = Path(__file__).parent.parent / "worker" / "sheets" / "kinds"


def words(locale: str) -> Words:
    return Words(locale.split("_", maxsplit=1)[0], Figures(known_locale(locale), "EUR"))


def spoken(reading: Reading) -> set[str]:
    columns = [column.why for table in reading.tables for column in table.columns]
    cells = [cell.problem for cell in reading.quarantined]
    return {*reading.reasons, *reading.warnings, *columns, *cells}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_with_the_same_gaps(language: str) -> None:
    def gaps(sentence: str) -> list[str]:
        return sorted(re.findall(r"\{\w+\}", sentence))

    own = {key: gaps(sentence) for key, sentence in sentences("en").items()}

    assert {key: gaps(sentence) for key, sentence in sentences(language).items()} == own


@pytest.mark.parametrize("kind", sorted(path.stem for path in KINDS.glob("*.toml") if path.stem != "workbooks"))
def test_what_the_reader_says_has_words_in_every_language(kind: str) -> None:
    files = tomllib.loads((KINDS / f"{kind}.toml").read_text("utf-8")).get("file", [])

    told = set[str]()
    for file in files:
        told |= spoken(read(file["text"].encode(file.get("encoding", "utf-8")), f"{file['name']}.csv"))

    assert sorted(sentence for sentence in told if not is_known(sentence)) == []


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("“Cost” holds the spend.", "„Cost“ enthält die Ausgaben."),
        ("The tab “A” is not counted: the tab is hidden.", "Das Blatt „A“ zählt nicht: das Blatt ist ausgeblendet."),
        ("Budget is not added up: daily budgets are amounts per day.",
         "Budget: wird nicht summiert, denn Tagesbudgets sind Beträge je Tag."),
        ("the header means start date", "die Überschrift bedeutet Erster Tag"),
        ("not a number", "keine Zahl"),
        ("A sentence of a day to come.", "A sentence of a day to come."),
    ],
)  # fmt: skip
def test_a_sentence_of_the_reader_is_said_in_german(english: str, german: str) -> None:
    assert said(words("de_DE"), english) == german
    assert said(words("en_US"), english) == english
