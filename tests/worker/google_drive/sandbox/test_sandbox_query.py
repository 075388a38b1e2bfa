"""The language of q, against random trees and random noise."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.query import Subject, read_query, starts_words
from worker.google_drive.sandbox.state import File

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def subject(name: str = "Plan", *, trashed: bool = False, starred: bool = False, hours: int = 0) -> Subject:
    file = File(
        id="1",
        name=name,
        mime_type="text/csv",
        owner="a@b.example",
        parents=["top"],
        created_at=NOON,
        modified_at=NOON + timedelta(hours=hours),
        modified_by="a@b.example",
        trashed=trashed,
        starred=starred,
    )
    return Subject(file, "a@b.example", "top", lambda: "")


Tree = tuple[str, "Tree", "Tree"] | tuple[str, "Tree"] | str
trees = st.recursive(
    st.sampled_from(["trashed", "starred", "name", "late"]),
    lambda inner: st.one_of(st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=12,
)
LEAVES = {
    "trashed": "trashed=true",
    "starred": "starred != false",
    "name": "name contains 'pla'",
    "late": "modifiedTime>'2026-05-01T12:30:00Z'",
}


def written(tree: Tree) -> str:
    if isinstance(tree, str):
        return LEAVES[tree]
    if len(tree) == 2:
        return f"not ({written(tree[1])})"
    return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"


def meant(tree: Tree, facts: dict[str, bool]) -> bool:
    if isinstance(tree, str):
        return facts[tree]
    if len(tree) == 2:
        return not meant(tree[1], facts)
    left, right = meant(tree[1], facts), meant(tree[2], facts)
    return (left and right) if tree[0] == "and" else (left or right)


@given(trees, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_any_query_means_what_its_tree_means(tree: Tree, trashed: bool, starred: bool, named: bool, late: bool) -> None:
    facts = {"trashed": trashed, "starred": starred, "name": named, "late": late}
    seen = subject("My Plan" if named else "Other", trashed=trashed, starred=starred, hours=int(late))

    assert read_query(written(tree))(seen) == meant(tree, facts)


@given(st.text(min_size=1))
def test_any_text_can_be_quoted(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")

    assert read_query(f"name = '{quoted}'")(subject(text))
    assert not read_query(f"name != '{quoted}'")(subject(text))


@given(st.text(alphabet="()'\\ =<>!andortimeNx0", max_size=30))
def test_noise_is_a_query_or_a_400(text: str) -> None:
    try:
        outcome = read_query(text)(subject())
    except ApiError as error:
        outcome = error.code

    assert outcome in (True, False, 400)


def test_not_binds_tighter_than_and_and_that_tighter_than_or() -> None:
    query = "not trashed=true and starred=true or name='Plan'"

    assert read_query(query)(subject("Plan", trashed=True))
    assert read_query(query)(subject("x", starred=True))
    assert not read_query(query)(subject("x", starred=True, trashed=True))


@pytest.mark.parametrize(
    ("wanted", "name", "found"),
    [
        ("Hello", "HelloWorld", True),
        ("World", "HelloWorld", False),
        ("q1 bud", "2026 Q1 Budget.xlsx", True),
        ("bud q1", "2026 Q1 Budget.xlsx", False),
        ("q budget", "2026 Q1 Budget.xlsx", False),
        ("übers", "Media-Übersicht", True),
        ("xlsx", "plan.xlsx", True),
    ],
)
def test_contains_matches_the_beginning_of_words(wanted: str, name: str, *, found: bool) -> None:
    assert starts_words(wanted, name) == found


def test_moments_carry_their_zone() -> None:
    assert read_query("modifiedTime = '2026-05-01T14:00:00+02:00'")(subject())
    assert read_query("modifiedTime = '2026-05-01T12:00:00'")(subject())
    assert not read_query("createdTime < '2026-05-01'")(subject())
