"""The `q` of files.list: a small language of its own, parsed into a test for one file.

query      = all_of { "or" all_of }
all_of     = one { "and" one }
one        = "not" one | "(" query ")" | field operator value | text "in" collection
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from worker.google_drive.sandbox.errors import ApiError, invalid_value
from worker.google_drive.sandbox.state import File

TOKEN = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|(<=|>=|!=|[()=<>])|([A-Za-z][\w.]*))\s*")
WORD = re.compile(r"\w+")
COMPARISONS: dict[str, Callable[[datetime, datetime], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">=": lambda left, right: left >= right,
    ">": lambda left, right: left > right,
}
MOMENTS: dict[str, Callable[[File], datetime]] = {
    "modifiedTime": lambda file: file.modified_at,
    "createdTime": lambda file: file.created_at,
}
FLAGS = ("trashed", "starred", "sharedWithMe")
COLLECTIONS = ("parents", "owners", "writers", "readers")


@dataclass(frozen=True)
class Subject:
    """The file under test, as one user sees it."""

    file: File
    user: str
    root: str
    """Id of the user's own top folder, which a query may call "root"."""
    text: Callable[[], str]
    """The words in the file, fetched only when a query asks for them."""


Test = Callable[[Subject], bool]


def read_query(text: str) -> Test:
    """Parse a query. Raise Google's 400 when it isn't one."""
    return Reader(text).read() if text.strip() else lambda _: True


def fail() -> ApiError:
    return invalid_value("q")


class Reader:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                raise fail()
            self._tokens.append(read_token(match))
            position = match.end()

    def read(self) -> Test:
        test = self._any_of()
        if self._tokens:
            raise fail()
        return test

    def _any_of(self) -> Test:
        tests = [self._all_of()]
        while self._take("or"):
            tests.append(self._all_of())
        return tests[0] if len(tests) == 1 else lambda subject: any(test(subject) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._one()]
        while self._take("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda subject: all(test(subject) for test in tests)

    def _one(self) -> Test:
        if self._take("not"):
            denied = self._one()
            return lambda subject: not denied(subject)
        if self._take("("):
            test = self._any_of()
            if not self._take(")"):
                raise fail()
            return test
        kind, value = self._next()
        return self._membership(value) if kind == "text" else self._term(value)

    def _membership(self, value: str) -> Test:
        if not self._take("in"):
            raise fail()
        _, collection = self._next()
        if collection not in COLLECTIONS:
            raise fail()
        return lambda subject: (subject.root if value == "root" else value) in members(collection, subject.file)

    def _term(self, field: str) -> Test:
        if field == "sharedWithMe" and not self._ahead("=", "!="):
            return lambda subject: flag(field, subject)
        operator = self._next()[1]
        kind, value = self._next()
        if field in FLAGS and operator in ("=", "!=") and kind == "word" and value in ("true", "false"):
            wanted = (value == "true") == (operator == "=")
            return lambda subject: flag(field, subject) == wanted
        if kind != "text":
            raise fail()
        if field in MOMENTS and operator in COMPARISONS:
            moment, compare, read = read_moment(value), COMPARISONS[operator], MOMENTS[field]
            return lambda subject: compare(read(subject.file), moment)
        return text_test(field, operator, value)

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise fail()
        return self._tokens.pop(0)

    def _ahead(self, *words: str) -> bool:
        return bool(self._tokens) and self._tokens[0][0] != "text" and self._tokens[0][1] in words

    def _take(self, word: str) -> bool:
        if self._ahead(word):
            del self._tokens[0]
            return True
        return False


def read_token(match: re.Match[str]) -> tuple[str, str]:
    text, sign, word = match.groups()
    if text is not None:
        return "text", re.sub(r"\\(.)", r"\1", text)
    if sign is not None:
        return "sign", sign
    return "word", word.lower() if word.lower() in ("and", "or", "not", "in", "contains") else word


def text_test(field: str, operator: str, value: str) -> Test:
    if field in ("name", "mimeType") and operator in ("=", "!="):
        return equality(field, value, wanted=operator == "=")
    if operator != "contains":
        raise fail()
    if field == "name":
        return lambda subject: starts_words(value, subject.file.name)
    if field == "mimeType":
        return lambda subject: subject.file.mime_type.startswith(value)
    if field == "fullText":
        return lambda subject: holds_words(value, f"{subject.file.name} {subject.text()}")
    raise fail()


def equality(field: str, value: str, *, wanted: bool) -> Test:
    if field == "name":
        return lambda subject: (subject.file.name.casefold() == value.casefold()) == wanted
    return lambda subject: (subject.file.mime_type == value) == wanted


def flag(field: str, subject: Subject) -> bool:
    if field == "sharedWithMe":
        return subject.user in subject.file.shared_with
    return subject.file.trashed if field == "trashed" else subject.file.starred


def members(collection: str, file: File) -> list[str]:
    if collection == "parents":
        return file.parents
    owners = [] if file.drive_id else [file.owner]
    if collection == "owners":
        return owners
    roles = ("writer",) if collection == "writers" else ("writer", "reader")
    return owners + [user for user, share in file.shared_with.items() if share.role in roles]


def read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise fail() from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def starts_words(wanted: str, name: str) -> bool:
    """Drive's `name contains`: whole words, the last one may be cut short; never the middle of a word."""
    sought, found = words(wanted), words(name)
    if not sought:
        return wanted.casefold() in name.casefold()
    *whole, cut = sought
    return any(
        found[start : start + len(whole)] == whole
        and start + len(whole) < len(found)
        and found[start + len(whole)].startswith(cut)
        for start in range(len(found))
    )


def holds_words(wanted: str, text: str) -> bool:
    """Drive's `fullText contains`: every word somewhere, or with double quotes around it the exact phrase."""
    sought, found = words(wanted), words(text)
    if wanted.startswith('"') and wanted.endswith('"'):
        size = len(sought)
        return any(found[start : start + size] == sought for start in range(len(found) - size + 1))
    return set(sought) <= set(found)
