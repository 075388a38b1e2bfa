"""The same campaigns as four platforms export them, in the ten languages that marketers set their accounts to."""

import csv
import io
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from worker.sheets.reader import read

ROWS = [
    ("Brand Search", "1234.56", 123_456, 1_234, 12, "2345.60"),
    ("Generic", "88.40", 987, 55, 3, "120.00"),
    ("Shopping", "1000.00", 45_000, 410, 7, "800.25"),
]
SUMS = {"spend": "2322.96", "impressions": "169443", "clicks": "1699", "conversions": "22", "revenue": "3265.85"}
HEADERS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "kinds" / "languages.toml").read_text("utf-8")
)


def written(lines: Sequence[Sequence[Any]], separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    return text.getvalue()


def number(value: str | int, style: dict[str, Any]) -> str:
    text = f"{Decimal(value):,}"
    return text.replace(",", "\0").replace(".", style["decimal"]).replace("\0", style["thousands"])


def assert_read(text: str, encoding: str, sums: dict[str, str]) -> None:
    reading = read(text.encode(encoding), "export.csv")

    assert reading.is_campaign, reading.reasons
    found = {metric: value for metric, value in reading.sums().items() if value is not None}
    assert found == {metric: Decimal(value) for metric, value in sums.items()}
    assert len(reading.rows) == len(ROWS)
    assert reading.rows["campaign"].to_list() == [name for name, *_ in ROWS]
    assert reading.rows["date"].null_count() == 0 or reading.rows["start_date"].null_count() == 0
    assert not reading.quarantined


@pytest.mark.parametrize("language", HEADERS["google"])
def test_google_ads(language: str) -> None:
    style = HEADERS["google"][language]
    lines = [
        [
            "On",
            name,
            "EUR",
            day,
            *(number(one, style) for one in counts[:3]),
            "1 %",
            str(counts[3]),
            number(value, style),
        ]
        for (name, *counts, value), day in zip(ROWS, style["days"], strict=True)
    ]
    sums = [number(SUMS[metric], style) for metric in ("spend", "impressions", "clicks")]
    last = [style["total"], " --", "EUR", "", *sums, "1 %", "22", number(SUMS["revenue"], style)]

    assert_read(written([[style["title"]], [style["period"]], style["headers"], *lines, last]), "utf-8", SUMS)


@pytest.mark.parametrize("language", HEADERS["meta"])
def test_meta(language: str) -> None:
    lines = [
        [name, "2025-07-01", "2025-07-31", *map(str, metrics[:4]), "actions:lead", metrics[4]]
        for name, *metrics in ROWS
    ]

    assert_read(written([HEADERS["meta"][language], *lines]), "utf-8-sig", SUMS)


@pytest.mark.parametrize("language", HEADERS["linkedin"])
def test_linkedin(language: str) -> None:
    above = [["Campaign Performance Report (in UTC)"], ["Report Start: July 1, 2025"], []]
    lines = [["2025-07-01", "Acme", "EUR", "B2B", name, "Active", *map(str, metrics)] for name, *metrics in ROWS]

    assert_read(written([*above, HEADERS["linkedin"][language], *lines], "\t"), "utf-16", SUMS)


@pytest.mark.parametrize("language", HEADERS["tiktok"])
def test_tiktok(language: str) -> None:
    lines = [
        [name, f"2025-07-{day:02d}", cost, str(impressions), str(clicks), str(conversions), "EUR"]
        for day, (name, cost, impressions, clicks, conversions, _) in enumerate(ROWS, start=1)
    ]
    last = ["Total of 3 results", "-", SUMS["spend"], "169443", "1699", "22", "EUR"]
    sums = {metric: value for metric, value in SUMS.items() if metric != "revenue"}

    assert_read(written([HEADERS["tiktok"][language], *lines, last]), "utf-8", sums)
