"""Bad files end refused with a sentence; what came beside them is published the same night."""

from __future__ import annotations

import re

import pytest

from tests.e2e.bad_files import BAD, RESTATED_DAY, WRONG_COST
from tests.e2e.conftest import TwoNights, rows, version

pytestmark = pytest.mark.xdist_group("sample_night")

COST = (
    "select day::varchar, sum(cost) from fct_reach_ads where source = 'google_ads' and account = 'vn-main' group by 1"
)


def test_bad_files_are_refused_with_reasons_and_the_good_one_beside_them_is_published(two_nights: TwoNights) -> None:
    first = two_nights.first_version
    assert two_nights.first.json()["status"] == "published"
    reasons = dict(
        rows(
            two_nights.home, "select files, reason from batch_history where status = 'refused' and reason <> ''", first
        )
    )
    told = "\n".join(reasons.values())
    for name, (_, sentence) in BAD.items():
        assert any(name in files for files in reasons), name
        assert _matches(sentence, told), f"{sentence}\n{told}"
    assert _matches(r"cut\.jsonl\.gz: the gz is cut off or damaged", told)
    assert _matches(r"accounts\.csv has no account 'no-such-till' of square \(it has: us-store\)", told)
    assert len(reasons) == len(BAD) + 2
    assert dict(rows(two_nights.home, COST, first))[RESTATED_DAY] == WRONG_COST
    assert rows(
        two_nights.home, "select rows_read, rows_landed, rows_refused from batch_history where files like '%wrong.csv%'"
    ) == [(3, 1, 1)]


def test_a_restated_day_replaces_only_that_day_and_history_says_so(two_nights: TwoNights) -> None:
    assert version(two_nights.home) != two_nights.first_version
    before, after = dict(rows(two_nights.home, COST, two_nights.first_version)), dict(rows(two_nights.home, COST))
    assert before.keys() == after.keys()
    assert len(after) == 90
    assert [day for day in after if before[day] != after[day]] == [RESTATED_DAY]
    [(replaces,)] = rows(two_nights.home, "select replaces from batch_history where files like '%restated.csv%'")
    assert "1 day" in replaces, replaces


def test_a_missing_rate_leaves_its_batch_pending_and_the_rest_is_published(two_nights: TwoNights) -> None:
    assert "USD" in str(two_nights.first.json()["pending"])
    for night in (two_nights.first_version, "current"):
        [(status, reason)] = rows(
            two_nights.home, "select status, reason from batch_history where files like '%no rate yet%'", night
        )
        assert status == "pending"
        assert _matches(r"USD.*2024-01-05", reason), reason


def _matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None
