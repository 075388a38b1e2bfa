"""Tables written in random styles are read back to the same values; nothing is lost on the way."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.sheets.reader import read

HEADERS = {
    "en": ("Campaign", "Day", "Cost", "Impressions", "Clicks"),
    "de": ("Kampagne", "Tag", "Kosten", "Impressionen", "Klicks"),
    "fr": ("Campagne", "Jour", "Coût", "Impressions", "Clics"),
    "es": ("Campaña", "Día", "Coste", "Impresiones", "Clics"),
    "pt": ("Campanha", "Dia", "Custo", "Impressões", "Cliques"),
    "it": ("Campagna", "Giorno", "Costo", "Impressioni", "Clic"),
    "nl": ("Campagne", "Dag", "Kosten", "Vertoningen", "Klikken"),
    "pl": ("Kampania", "Dzień", "Koszt", "Wyświetlenia", "Kliknięcia"),
    "ru": ("Кампания", "День", "Расход", "Показы", "Клики"),
    "ja": ("キャンペーン", "日", "費用", "表示回数", "クリック数"),
    "id": ("Kampanye", "Tanggal", "Biaya", "Tayangan", "Klik"),
}
TOTALS = {
    "en": "Total", "de": "Gesamt", "fr": "Total général", "es": "Total", "pt": "Total geral", "it": "Totale",
    "nl": "Totaal", "pl": "Razem", "ru": "Итого", "ja": "合計", "id": "Jumlah",
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    language: str
    separator: str
    decimal: str
    thousands: str
    money: str
    day: str
    encoding: str
    total: str
    preamble: bool


@st.composite
def styles(draw: st.DrawFn) -> Style:
    decimal = draw(st.sampled_from([".", ","]))
    thousands = draw(st.sampled_from(["", " ", "\u00a0", "'", "," if decimal == "." else "."]))
    return Style(
        language=draw(st.sampled_from(sorted(HEADERS))),
        separator=draw(st.sampled_from([",", ";", "\t"])),
        decimal=decimal,
        thousands=thousands,
        money=draw(st.sampled_from(["{}", "{} €", "€{}", "$ {}", "EUR {}"])),
        day=draw(st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%d %B %Y", "%Y%m%d"])),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
        total=draw(st.sampled_from(["", "first", "last"])),
        preamble=draw(st.booleans()),
    )


rows_of_values = st.lists(
    st.tuples(
        st.integers(0, 99_999_999),  # cents
        st.one_of(st.none(), st.integers(0, 9_999_999)),
        st.one_of(st.none(), st.integers(0, 99_999)),
    ),
    min_size=3,
    max_size=25,
)


def grouped(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


def amount(cents: int, style: Style) -> str:
    number = f"{grouped(cents // 100, style.thousands)}{style.decimal}{cents % 100:02d}"
    return style.money.format(number)


def count(value: int | None, style: Style) -> str:
    return "" if value is None else grouped(value, style.thousands)


def written(values: list[tuple[int, int | None, int | None]], style: Style) -> bytes:
    first = date(2026, 1, 11)
    lines: list[list[str]] = []
    for i, (cents, impressions, clicks) in enumerate(values):
        day = (first + timedelta(days=i)).strftime(style.day)
        lines.append([f"K {i % 4}", day, amount(cents, style), count(impressions, style), count(clicks, style)])
    sums = [sum(v[i] or 0 for v in values) for i in range(3)]
    total = [TOTALS[style.language], "", amount(sums[0], style), count(sums[1], style), count(sums[2], style)]
    lines = [total, *lines] if style.total == "first" else [*lines, total] if style.total == "last" else lines
    text = io.StringIO()
    writer = csv.writer(text, delimiter=style.separator)
    if style.preamble:
        writer.writerows([["Report"], [], ["2026-01-11 - 2026-02-10"]])
    writer.writerow(HEADERS[style.language])
    writer.writerows(lines)
    return text.getvalue().encode(style.encoding)


@settings(max_examples=150, deadline=None)
@given(values=rows_of_values, style=styles())
def test_what_is_written_in_any_style_is_read_back(
    values: list[tuple[int, int | None, int | None]], style: Style
) -> None:
    reading = read(written(values, style), "table.csv")

    assert reading.is_campaign
    assert len(reading.rows) == len(values)
    assert reading.rows["spend"].to_list() == [Decimal(cents) / 100 for cents, _, _ in values]
    assert reading.rows["impressions"].to_list() == [v for _, v, _ in values]
    assert reading.rows["clicks"].to_list() == [v for _, _, v in values]
    days = [date(2026, 1, 11) + timedelta(days=i) for i in range(len(values))]
    assert reading.rows["date"].to_list() == days
    assert not reading.quarantined


cells = st.one_of(
    st.decimals(0, 9_999, places=2).map(str),
    st.integers(0, 9_999).map(str),
    st.sampled_from(
        ["", "--", "n/a", "12,5", "1.234,56", "#REF!", "x", "5%", "1,234.50", "$3.10", "(4.25)", "<10", "1.2k"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(costs=st.lists(cells, min_size=4, max_size=40))
def test_every_cell_of_a_metric_is_a_value_or_blank_or_set_aside(costs: list[str]) -> None:
    proof = ["10.55", "20.75", "0.15", "7.5"] * len(costs)
    column = [*proof, *costs]
    text = "Campaign,Day,Cost,Clicks\n" + "".join(
        f'Name {i},2026-01-{i % 28 + 1:02d},"{cost}",{i}\n' for i, cost in enumerate(column)
    )

    reading = read(text.encode(), "table.csv")

    accounted = {dropped.row for dropped in reading.dropped}
    stored = dict(reading.rows.select("row", "spend").iter_rows())
    aside = {cell.row for cell in reading.quarantined if cell.field == "spend"}
    for i, cost in enumerate(column):
        row = i + 2
        value = stored.get(row)
        blank = cost in {"", "--", "n/a"}
        assert row in accounted or blank or (value is not None) != (row in aside), (row, cost)
    total = sum((value for value in stored.values() if value is not None), start=Decimal(0))
    assert reading.sums()["spend"] == total
