"""Workbooks written in random styles and languages, with and without pins, come back as the same values."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from worker.sheets.reader import Pins, read
from worker.sheets.reading import Reading

HEADERS = {
    "en": ("Campaign name", "Date", "Amount spent", "Impressions", "Link clicks"),
    "de": ("Kampagnenname", "Datum", "Ausgegebener Betrag", "Impressionen", "Link-Klicks"),
    "fr": ("Nom de la campagne", "Jour", "Montant dépensé", "Impressions", "Clics sur un lien"),
    "es": ("Nombre de la campaña", "Día", "Importe gastado", "Impresiones", "Clics en el enlace"),
    "pt": ("Nome da campanha", "Dia", "Valor usado", "Impressões", "Cliques no link"),
    "it": ("Nome della campagna", "Giorno", "Importo speso", "Impression", "Clic sul link"),
    "nl": ("Campagnenaam", "Dag", "Besteed bedrag", "Weergaven", "Klikken op links"),
    "pl": ("Nazwa kampanii", "Dzień", "Wydana kwota", "Wyświetlenia", "Kliknięcia linku"),
    "ru": ("Название кампании", "Дата", "Потраченная сумма", "Показы", "Клики по ссылке"),
    "ja": ("キャンペーン名", "日付", "消化金額", "インプレッション", "リンクのクリック"),
}
values = st.lists(
    st.tuples(st.integers(0, 9_999_999), st.one_of(st.none(), st.integers(0, 9_999_999)), st.integers(0, 99_999)),
    min_size=2,
    max_size=20,
)
Values = list[tuple[int, int | None, int]]
many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def lines(rows: Values, *, as_text: bool, real_days: bool) -> list[list[object]]:
    found: list[list[object]] = []
    for i, (cents, impressions, clicks) in enumerate(rows):
        day = date(2026, 1, 11) + timedelta(days=i)
        cost = f"{cents // 100}.{cents % 100:02d}" if as_text else cents / 100
        found.append([f"K {i % 3}", day if real_days else day.isoformat(), cost, impressions, clicks])
    return found


def assert_same(reading: Reading, rows: Values) -> None:
    assert reading.is_campaign, reading.reasons
    assert reading.rows["spend"].to_list() == [Decimal(cents) / 100 for cents, _, _ in rows]
    assert reading.rows["impressions"].to_list() == [impressions for _, impressions, _ in rows]
    assert reading.rows["clicks"].to_list() == [clicks for _, _, clicks in rows]
    assert reading.rows["date"].to_list() == [date(2026, 1, 11) + timedelta(days=i) for i in range(len(rows))]
    assert not reading.quarantined


@many
@given(rows=values, language=st.sampled_from(sorted(HEADERS)), as_text=st.booleans(), above=st.booleans())
def test_an_xlsx_workbook_reads_back(
    xlsx: Callable[..., bytes], rows: Values, language: str, *, as_text: bool, above: bool
) -> None:
    title = [["Report"], [], ["11.01.2026 - 31.01.2026"]] if above else []

    book = xlsx(
        {"Notes": [["by us"]], "Data": [*title, HEADERS[language], *lines(rows, as_text=as_text, real_days=True)]}
    )

    assert_same(read(book, "book.xlsx"), rows)


@many
@given(rows=values, language=st.sampled_from(sorted(HEADERS)), as_text=st.booleans())
def test_an_open_document_reads_back(ods: Callable[..., bytes], rows: Values, language: str, *, as_text: bool) -> None:
    book = ods([HEADERS[language], *lines(rows, as_text=as_text, real_days=False)])

    assert_same(read(book, "book.ods"), rows)


@many
@given(rows=values, by_letter=st.booleans(), junk=st.integers(0, 6), decoy=st.booleans())
def test_pins_make_any_headers_readable(
    xlsx: Callable[..., bytes], rows: Values, junk: int, *, by_letter: bool, decoy: bool
) -> None:
    names = ("Was", "Wann", "Wieviel", "Wie oft", "Wie gut")
    fields = ("campaign", "date", "spend", "impressions", "clicks")
    above = [["Campaign", "Cost", "Clicks"] if decoy else [f"note {i}", "x"] for i in range(junk)]
    book = xlsx({"Other": [["nothing"]], "Mine": [*above, names, *lines(rows, as_text=False, real_days=True)]})
    columns = dict(zip("ABCDE" if by_letter else names, fields, strict=True))

    reading = read(book, "book.xlsx", Pins(tab="Mine", header_row=junk + 1, columns=columns, currency="SEK"))

    assert_same(reading, rows)
    assert reading.currency == "SEK"


cells = st.one_of(
    st.floats(0, 1e6, allow_nan=False).map(lambda value: round(value, 2)),
    st.integers(0, 10**6),
    st.none(),
    st.booleans(),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.sampled_from(
        ["12.50", "1,234.50", "n/a", "--", "see note", "5%", "<10", "~3", "3k", "$ 4.20", "(2.10)", "#REF!"]
    ),
)


@many
@given(costs=st.lists(st.tuples(cells, cells), min_size=3, max_size=25))
def test_every_cell_of_a_workbook_is_a_value_or_blank_or_set_aside(
    xlsx: Callable[..., bytes], costs: list[tuple[object, object]]
) -> None:
    proof = [[f"Proof {i}", f"2026-01-{i + 1:02d}", 10.55 + i, 100 + i * i] for i in range(28)]
    rows = [[f"Name {i}", "2026-02-01", cost, clicks] for i, (cost, clicks) in enumerate(costs)]

    reading = read(xlsx({"Data": [["Campaign", "Day", "Cost", "Clicks"], *proof, *rows]}), "book.xlsx")

    stored = {row: found for row, *found in reading.rows.select("row", "spend", "clicks").iter_rows()}
    aside = {cell.cell for cell in reading.quarantined if cell.problem}
    dropped = {one.row for one in reading.dropped}
    for i, cost_and_clicks in enumerate(costs, start=30):
        for letter, cell, value in zip("CD", cost_and_clicks, stored.get(i, [None, None]), strict=True):
            blank = cell is None or cell in ("n/a", "--")
            assert i in dropped or blank or (value is not None) != (f"{letter}{i}" in aside), (i, letter, cell)
