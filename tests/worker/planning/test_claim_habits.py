"""What a channel's name says about how much its platform claims."""

import pytest

from worker.planning import claim_habits, evidence
from worker.planning.claim_habits import UNKNOWN


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("Brand Search", "search_generic"),
        ("Google Ads | Search - Brand", "Non-Brand Search"),
        ("E-Mail", "Paid Social"),
        ("retargeting", "marketplace"),
        ("Paid Social", "TV"),
        ("facebook", "YouTube video"),
    ],
)
def test_who_is_clicked_last_claims_most(more: str, less: str) -> None:
    assert claim_habits.of(more).mean > claim_habits.of(less).mean


def test_an_unknown_name_says_nothing() -> None:
    assert claim_habits.of("ch0") == claim_habits.of("Winter push") == UNKNOWN
    assert all(claim_habits.of(name).sd < UNKNOWN.sd + 1e-9 for name in ("TV", "Brand Search", "E-Mail"))


def test_habits_count_only_where_claims_and_a_total_are_known() -> None:
    mean, _ = evidence.bridge(["TV", "Brand Search"], "attributed")
    assert mean[0] < mean[1]
    mean, _ = evidence.bridge(["TV", "Brand Search"], "total")
    assert mean[0] == mean[1]
