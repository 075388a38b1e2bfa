"""A header is a metric's name among words that leave its meaning, turn it, or make it something else."""

import pytest

from worker.sheets.compounds import parts
from worker.sheets.headers import match

MEANINGS = {
    "spend": [
        "mktg_spend", "amt_spent", "promo cost", "Used Budget", "budget_consumed", "gasto_marketing",
        "Budget dépensé (€)",
        "Presupuesto gastado", "Verbrauchtes Werbebudget", "totalspend", "Werbekosten gesamt (EUR)", "harcama_tl",
        "総費用", "広告費合計", "总消耗", "총 광고비", "Kostnad exkl moms", "Vynaložená částka (CZK)",
        "Витрати на рекламу",
    ],
    "budget": [
        "quarterly_budget_usd", "Committed Spend", "advertising_budget", "Gasto planejado", "Dépenses prévues",
        "Jahresbudget", "Kampagnenbudget EUR", "Månadsbudget", "月間予算", "キャンペーンの予算", "광고 예산",
        "Yıllık Bütçe",
        "Měsíční rozpočet", "Рекламный бюджет", "Ngân sách tháng", "Kuukausibudjetti", "Havi költségvetés",
    ],
    "impressions": ["num_impressions", "表示回数合計", "Annonsvisningar", "Zobrazení reklamy", "Lượt hiển thị"],
    "clicks": ["nb_clics", "クリック合計", "Klikk på lenke", "Počet prokliků", "点击次数（全部）", "Antal klick"],
    "conversions": ["leads_generated", "Nb conversions", "Количество заявок", "전환 건수", "Počet konverzí"],
    "campaign": ["campanha_nome", "Имя кампании", "id_campagne", "Naam van de campagne"],
    "other": [
        "Koszt kliknięcia", "Budget utilization", "Kalan bütçe", "budget_qty", "presupuesto_unidades", "spend_tier",
        "Durchschnittskosten", "Produktkosten", "budget_mode", "cost_center", "num campaigns", "Weekly hours",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "header"), [(field, header) for field, known in MEANINGS.items() for header in known]
)
def test_a_header_is_understood_by_its_parts(field: str, header: str) -> None:
    found = match(header)

    assert found.field == field
    assert field == "other" or found.sure >= 0.8


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("jahreskosten", ["jahr", "kosten"]),
        ("totalspend", ["total", "spend"]),
        ("総費用", ["総", "費用"]),
        ("媒体コスト合計", ["媒体", "コスト合計"]),
        ("月別クリック", ["月別クリック"]),
        ("account", ["account"]),
        ("discount", ["discount"]),
        ("produktkosten", ["produktkosten"]),
    ],
)
def test_a_word_is_taken_apart_only_where_both_parts_are_known(word: str, found: list[str]) -> None:
    assert parts(word) == found


def test_what_money_is_for_stays_to_be_told_apart() -> None:
    found = match("mktg_budget_aed")

    assert (found.field, found.label, found.currency) == ("budget", "mktg", "AED")
