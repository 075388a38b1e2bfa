"""Rewordings of real findings, over HTTP as a language model gives them: true ones stand, lies do not."""

# ruff: noqa: E501 - a sentence stays in one piece

from collections.abc import Sequence

from pydantic import SecretStr

from events.plan import Insight
from tests.worker.planning.model_server import Findings, Model, serving
from worker.planning.language_model import LanguageModelSettings, from_settings
from worker.planning.voice import Voice
from worker.planning.wording import reword

Text = tuple[str, str, str]
"""Language, template and rewording."""
CHANNELS = ["Search", "TV", "Paid Social"]
VALUES = {
    "response": "revenue", "money": "EUR", "share": 0.12, "moved": 1250, "giver": "TV", "taker": "Search", "less": 0.5,
    "more": 1.2, "extra": 5000, "back": 1.2, "channel": "Search", "margin": 0.62, "usual": 0.9, "period": "week",
    "when": "In earlier years", "days": 28, "first": "12 Mar 2026", "tenth": 500, "gain": 40, "spent": 4745, "count": 3,
    "raised": 0.2, "weeks": 4, "cost": 800, "power": 0.7,
}  # fmt: skip
GERMAN = {"response": "Umsatz", "period": "nach der Woche", "when": "In früheren Jahren", "first": "12.03.2026"}
# fmt: off
TRUE: list[Text] = [
    ("en", "uplift", "Expect about 12% more revenue from advertising for the same money than with today's mix."),
    ("en", "uplift", "With the same money, the plan should lift advertising revenue by about 12 percent over today's mix."),
    ("en", "shift", "Take 1,250 EUR out of TV and put it into Search: the last euro brings 0.50 revenue in TV and 1.20 in Search."),
    ("en", "more_budget", "An additional 5,000 EUR should return about 1.20 revenue each, which is more than they cost before margins."),
    ("en", "less_budget", "Spending another 5,000 EUR would return only about 1.20 revenue each, less than it costs, margins aside."),
    ("en", "saturated", "Search is saturated: the last EUR spent there comes back as only about 0.62."),
    ("en", "under_used", "There is room in Search: the next EUR there earns about 0.62 revenue, compared with 0.90 on average."),
    ("en", "over_used", "Too much money goes to Search: its last EUR returns about 0.62 revenue, compared with 0.90 over all channels."),
    ("en", "falling_against", "Search now earns 12% less revenue than a quarter ago, measured against the other channels and beyond what spend explains."),
    ("en", "carry_over", "Around 12% of what Search brings arrives after the week of the spending, so give it time before judging it."),
    ("en", "weak_season", "In earlier years, the weeks of the plan earned 12% less revenue than usual at equal spend, so expect less of them than of a usual week."),
    ("en", "limit_holds_up", "Your limit on Search has a price: 500 EUR less there and more elsewhere would earn about 40 more revenue."),
    ("en", "tracking_outage", "Search spent 4,745 EUR in 3 periods where no revenue was recorded, although it normally brings some. Please check its tracking."),
    ("en", "test", "Try a test on Search: 20% more for 4 weeks costs an extra 800 EUR. Should its next EUR still bring half of the average one, the test reveals it with a 70% chance."),
    ("de", "uplift", "Für dasselbe Geld dürfte die Werbung mit dem Plan rund 12 % mehr Umsatz bringen als mit der heutigen Aufteilung."),
    ("de", "uplift", "Erwarten Sie vom Plan 12 Prozent mehr Umsatz als mit der heutigen Aufteilung, bei gleichem Geld."),
    ("de", "shift", "Nehmen Sie 1.250 EUR aus TV und stecken Sie sie in Search: Der letzte Euro bringt in TV 0,50 und in Search 1,20 Umsatz."),
    ("de", "saturated", "Search ist gesättigt: Der letzte EUR kommt nur mit etwa 0,62 zurück."),
    ("de", "over_used", "Search erhält zu viel Geld: Der letzte EUR bringt dort etwa 0,62 Umsatz, über alle Kanäle hinweg 0,90."),
    ("de", "under_used", "In Search ist noch Luft: Der nächste EUR bringt dort rund 0,62 Umsatz, über alle Kanäle sind es 0,90."),
    ("de", "falling_year", "Search bringt 12 % weniger Umsatz als vor einem Jahr; die Ausgaben erklären nur einen Teil."),
    ("de", "carry_over", "Rund 12 % der Wirkung von Search kommen erst nach der Woche der Ausgabe. Geben Sie dem Kanal Zeit."),
    ("de", "good_season", "In früheren Jahren brachten die Wochen des Plans bei gleichen Ausgaben 12 % mehr Umsatz als sonst. Der Plan setzt stärker auf sie."),
    ("de", "better_time", "In früheren Jahren brachten 28 Tage ab 12.03.2026 bei gleichen Ausgaben 12 % mehr Umsatz als die Wochen des Plans. Planen Sie dann, wenn der Termin frei ist."),
    ("de", "tracking_outage", "Search gab 4.745 EUR in 3 Perioden aus, in denen kein Umsatz erfasst wurde, obwohl sonst Ergebnisse kommen. Bitte das Tracking prüfen."),
]
FALSE: list[Text] = [
    ("en", "shift", "Move 1,250 EUR from Search to TV: the last EUR brings 0.50 revenue in Search and 1.20 in TV."),
    ("en", "shift", "Move 1,250 EUR to TV from Search: the last EUR brings 0.50 revenue in TV and 1.20 in Search."),
    ("en", "shift", "Move 1,250 EUR from TV to Search: the last EUR brings 1.20 revenue in TV and 0.50 in Search."),
    ("en", "shift", "Move 1,250 EUR from TV to Search: the last EUR brings 0.50 revenue in Search and 1.20 in TV."),
    ("en", "shift", "Move 1,250 EUR into TV, out of Search: the last EUR brings 0.50 revenue in TV and 1.20 in Search."),
    ("en", "shift", "Do not move 1,250 EUR from TV to Search: the last EUR brings 0.50 revenue in TV and 1.20 in Search."),
    ("en", "uplift", "The plan should make advertising bring 12% less revenue than today's mix, for the same money."),
    ("en", "uplift", "The plan would cut revenue by 12% against today's mix, for the same money."),
    ("en", "uplift", "The plan should bring twelve percent more revenue than today's mix."),
    ("en", "uplift", "The plan should bring 12% more profit than today's mix, for the same money."),
    ("en", "uplift", "The plan is guaranteed to bring 12% more revenue than today's mix, for the same money."),
    ("en", "uplift", "The plan should bring 12% more revenue, two thousand more a week."),
    ("en", "uplift", "The plan should bring 12 more revenue than today's mix."),
    ("en", "uplift", "Today's mix brings 12% more revenue, not less."),
    ("en", "under_used", "Search is full: its next EUR brings about 0.62 revenue, against 0.90 across all channels."),
    ("en", "under_used", "Search has room: its next EUR brings about 0.90 revenue, against 0.62 across all channels."),
    ("en", "over_used", "Search gets too little: its last EUR brings about 0.62 revenue, against 0.90 across all channels."),
    ("en", "falling_year", "Search brings 12% less revenue than a week ago, beyond what its spend explains."),
    ("en", "test", "Test Search: 4% more for 20 weeks costs 800 EUR extra. If its next EUR still brings half of the average one, the test shows it with a chance of 70%."),
    ("en", "test", "Test Search: 20 EUR more for 4 weeks costs 800% extra. If its next EUR still brings half of the average one, the test shows it with a chance of 70%."),
    ("en", "test", "Test Search: 20% more for 4 weeks costs 800 EUR extra. If its next EUR still brings double of the average one, the test shows it with a chance of 70%."),
    ("en", "more_budget", "Another 5,000 EUR would bring about 1.20 revenue each: less than it costs, margins aside."),
    ("en", "more_budget", "Cutting 5,000 EUR would bring about 1.20 revenue each: more than it costs, margins aside."),
    ("en", "tracking_outage", "Search spent 4,745 EUR in 3 periods in which revenue was recorded. Its tracking works."),
    ("en", "limit_holds_up", "Your limit on Search costs: 500 EUR more there and less elsewhere would bring about 40 more revenue."),
    ("de", "shift", "Verschieben Sie 1.250 EUR von Search zu TV: Der letzte EUR bringt in TV 0,50 und in Search 1,20 Umsatz."),
    ("de", "shift", "Verschieben Sie 1.250 EUR zu TV von Search: Der letzte EUR bringt in TV 0,50 und in Search 1,20 Umsatz."),
    ("de", "shift", "Verschieben Sie 1.250 EUR von TV zu Search: Der letzte EUR bringt in TV 1,20 und in Search 0,50 Umsatz."),
    ("de", "uplift", "Mit dem Plan sinkt der Umsatz für dasselbe Geld um 12 % gegenüber der heutigen Aufteilung."),
    ("de", "uplift", "Mit dem Plan bringt die Werbung zweitausend Euro, 12 % mehr Umsatz."),
    ("de", "uplift", "Mit dem Plan bringt die Werbung 12 % mehr Gewinn als mit der heutigen Aufteilung."),
    ("de", "uplift", "Der Plan bringt nicht 12 % mehr Umsatz als die heutige Aufteilung."),
    ("de", "falling_year", "Search bringt 12 % mehr Umsatz als vor einem Jahr."),
    ("de", "under_used", "Search ist ausgereizt: Der nächste EUR bringt etwa 0,62 Umsatz, über alle Kanäle 0,90."),
    ("de", "uplift", "Für dasselbe Geld verdoppelt der Plan den Umsatz: 12 % mehr."),
]
# fmt: on


def stand(texts: Sequence[Text], language: str) -> list[str]:
    """Those of the texts that replace the template's sentence."""
    voice, spoken = Voice(language), {f"i{number}": text for number, (_, _, text) in enumerate(texts)}
    values = VALUES | (GERMAN if language == "de" else {})
    findings = [
        Insight(
            id=f"i{number}", kind=kind, sentence=voice.say(f"insight.{kind}", **values), size=1.0, unit="EUR",
            low=None, high=None, evidence=["f"], sure=0.9,
        )
        for number, (_, kind, _) in enumerate(texts)
    ]  # fmt: skip

    def speak(_: Findings) -> dict[str, str]:
        return spoken

    with serving(Model(speak)) as model:
        ask = from_settings(
            LanguageModelSettings(llm="openai:double", llm_base_url=model.address, llm_api_key=SecretStr("k"))
        )
        assert ask is not None
        worded = reword(findings, CHANNELS, ask, language).insights
    return [text.sentence for text, finding in zip(worded, findings, strict=True) if text.sentence != finding.sentence]


def in_language(texts: Sequence[Text], language: str) -> list[Text]:
    return [text for text in texts if text[0] == language]


def test_true_rewordings_stand() -> None:
    for language in ("en", "de"):
        texts = in_language(TRUE, language)
        assert stand(texts, language) == [text for _, _, text in texts]


def test_no_lie_stands() -> None:
    for language in ("en", "de"):
        assert stand(in_language(FALSE, language), language) == []
