"""What the worker says about files and connections can be said in every language of the dashboard."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from dashboard.figures import Figures, known_locale
from dashboard.words import LANGUAGES, Words
from dashboard.words.reading import is_known, said, sentences
from worker.google_drive.consent import explain
from worker.sheets.reader import read
from worker.sheets.reading import Reading

TESTS = Path(__file__).parent.parent
KINDS = TESTS / "worker" / "sheets" / "kinds"
TELLING = (
    "google_drive/connector.py", "google_drive/contents.py", "google_drive/discovery.py", "google_drive/oauth.py",
    "google_drive/refusals.py", "integration/workflow.py", "sheets/delimited.py", "sheets/files.py",
    "sheets/package.py", "sheets/reader.py", "sync/activities.py", "sync/facts.py", "sync/workflow.py",
)  # fmt: skip
"""Modules of the worker in which every sentence may end in an event."""
PASSING = {
    "Google asks us to slow down.",
    "Google Drive did not answer properly. This usually passes by itself within minutes.",
    "The file does not exist any more, or it is no longer shared with the connected account.",
    "Google could not be reached or gave no proper answer. This usually passes by itself within minutes.",
}
"""Tried again until it works, or told in other words."""
IN_GAPS = {"kind": "a PDF", "why": "not a number", "choice.why": "not a number"}


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


def sentences_in(source: str) -> set[str]:
    """Whole sentences that a module holds, docstrings aside, with something in each gap."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = {text_of(node) for node in ast.walk(tree) if id(node) not in parts | docs}
    return {text for text in found if text.endswith(".") and text.count(" ") > 2}


def text_of(node: ast.AST) -> str:
    match node:
        case ast.JoinedStr():
            return "".join(text_of(part) for part in node.values)
        case ast.FormattedValue():
            return IN_GAPS.get(ast.unparse(node.value), "Spend")
        case ast.Constant(value=str(text)):
            return text
        case _:
            return ""


@pytest.mark.parametrize("module", TELLING)
def test_what_the_worker_says_has_words_in_every_language(module: str) -> None:
    told = sentences_in((TESTS.parent / "worker" / module).read_text("utf-8")) - PASSING

    assert told
    assert sorted(sentence for sentence in told if not is_known(sentence)) == []


@pytest.mark.parametrize("error", ["access_denied", "org_internal", "invalid_client", "anything_else"])
def test_every_end_of_googles_consent_has_words_in_every_language(error: str) -> None:
    assert is_known(explain(error).reason)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("“Cost” holds the spend.", "„Cost“ enthält die Ausgaben."),
        ("The tab “A” is not counted: the tab is hidden.", "Das Blatt „A“ zählt nicht: das Blatt ist ausgeblendet."),
        ("Budget is not added up: daily budgets are amounts per day.",
         "Budget: wird nicht summiert, denn Tagesbudgets sind Beträge je Tag."),
        ("the header means start date", "die Überschrift bedeutet Erster Tag"),
        ("not a number", "keine Zahl"),
        ("Spring.csv is a PDF, not a table. Share a CSV or Excel file.",
         "Spring.csv ist ein PDF, keine Tabelle. Teilen Sie eine CSV- oder Excel-Datei."),
        ("A sentence of a day to come.", "A sentence of a day to come."),
    ],
)  # fmt: skip
def test_a_sentence_of_the_worker_is_said_in_german(english: str, german: str) -> None:
    assert said(words("de_DE"), english) == german
    assert said(words("en_US"), english) == english
