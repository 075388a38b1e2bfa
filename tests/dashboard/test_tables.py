"""Tables of text as plain HTML."""

from dashboard import tables
from tests.dashboard.conftest import without_tags


def test_a_long_name_breaks_between_its_parts_and_is_copied_whole() -> None:
    written = tables.table([{"File": tables.Link("Q3_<b>_final.xlsx", "?file=f"), "Why": "a_b"}], "Files")

    assert ">Q3_<wbr>&lt;b&gt;_<wbr>final.xlsx</a>" in written
    assert "Q3_<b>_final.xlsx" in without_tags(written)
    assert "a_<wbr>b</td>" in written


def test_what_speaks_for_something_or_against_it_stands_behind_its_sign() -> None:
    written = tables.notes(["+ 26 weeks of history.", "- Spend hardly varied.", "-5% is a change."])

    assert '<li class="for">26 weeks' in written
    assert '<li class="against">Spend hardly' in written
    assert "<li>-5% is" in written


def test_a_name_from_right_to_left_leaves_amounts_in_their_place() -> None:
    name = "\u062a\u064a\u0643 \u062a\u0648\u0643"

    assert f"Move \u2068{name}\u2069 1,200 €" == tables.isolated(f"Move {name} 1,200 €")
    assert "Straße, 1,200 €" == tables.isolated("Straße, 1,200 €")
