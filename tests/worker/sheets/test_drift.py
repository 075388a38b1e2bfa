"""What a changed header, tab or format means for a file that is read again."""

from worker.sheets.drift import Change, drift, shapes
from worker.sheets.reader import read

BEFORE = "Day,Campaign,Cost (EUR),Clicks,Note\n2026-01-05,A,10.50,3,x\n2026-01-06,B,20.25,4,y\n"


def between(after: str, before: str = BEFORE) -> list[Change]:
    return drift(*(shapes(read(text.encode(), "a.csv")) for text in (before, after)))


def test_new_values_are_no_drift() -> None:
    assert between(BEFORE.replace("10.50", "11.75") + "2026-01-07,C,5.55,1,z\n") == []


def test_a_new_column_and_a_moved_one_are_harmless() -> None:
    changes = between(
        "Day,Region,Campaign,Cost (EUR),Clicks,Note\n2026-01-05,DE,A,10.50,3,x\n2026-01-06,FR,B,20.25,4,y\n"
    )

    assert {(change.kind, change.header) for change in changes} >= {("added", "Region"), ("moved", "Campaign")}
    assert not any(change.needs_you for change in changes)


def test_a_renamed_cost_column_is_still_the_spend() -> None:
    changes = between(BEFORE.replace("Cost (EUR)", "Amount spent (EUR)"))

    assert [(change.kind, change.field, change.needs_you) for change in changes] == [("renamed", "spend", False)]


def test_a_cost_column_that_is_gone_needs_you() -> None:
    changes = between(BEFORE.replace("Clicks", "Taps per visit"))

    assert [(change.kind, change.field) for change in changes if change.needs_you] == [("gone", "clicks")]
    assert (changes[0].about, changes[0].header) == ("column", "Clicks")


def test_another_currency_needs_you() -> None:
    changes = between(BEFORE.replace("EUR", "USD"))

    assert ("currency", "EUR", "USD") in [(one.about, one.was, one.now) for one in changes if one.needs_you]


def test_a_swap_of_day_and_month_needs_you() -> None:
    before = "Day,Campaign,Cost\n25/01/2026,A,10.50\n26/01/2026,B,20.25\n"

    changes = between(before.replace("25/01", "01/25").replace("26/01", "01/26"), before)

    assert [change.about for change in changes if change.needs_you] == ["date"]
