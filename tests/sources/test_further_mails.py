"""Templates of contacts, answers and messages; answers on a scale that their survey does not have."""

from __future__ import annotations

import json

import pytest

from raceway.common.home import PROJECT
from raceway.gate.batch_gate import check_batch
from tests.support.desk import Desk


def template(name: str) -> str:
    """The rows of a template without its comments."""
    text = (PROJECT.root / "docs" / "templates" / name).read_text(encoding="utf-8")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))


@pytest.mark.parametrize(
    ("source", "columns", "rows"),
    [
        ("contacts_file", "cast(created_at as varchar), stage, lead_source, status, email_hash is null", [
            ("2026-03-02 02:00:00", "mql", "organic search", "subscribed", False),
            ("2026-03-03 07:20:00", "lead", "zalo", None, True),
        ]),
        ("answers_file", "response_id, kind, score, scale, cast(answered_at as varchar)", [
            ("r-1", "ces", 6, 7, "2026-03-04 03:15:00"), ("r-2", "nps", 9, 10, "2026-03-04 04:00:00"),
        ]),
        ("messages_file", "message_id, message_type, sent, delivered, reads, clicks, opt_outs, cost::int", [
            ("S-0031", "sms", 900, 872, None, 64, 5, 450_000),
        ]),
    ],
)  # fmt: skip
def test_the_template_lands_without_a_finding(
    desk: Desk, source: str, columns: str, rows: list[tuple[object, ...]]
) -> None:
    outcome = desk.land_one(f"{source}/all/rows.csv", template(f"{source}.csv"))
    assert desk.rows(outcome, columns) == rows
    assert desk.batch(outcome.batches[0]).manifest["findings"] == []
    told = "".join(str(row) for row in desk.rows(outcome, "*"))
    assert "example.com" not in told
    assert "0987" not in told


@pytest.mark.parametrize(
    "rows",
    ["kind,score,answered_at\nces,8,2026-03-04 10:00:00\n", "kind,score,scale,answered_at\nces,4,5,2026-03-04 10:00:00\n",
     "kind,score,scale,answered_at\ncsat,4,10,2026-03-04 10:00:00\n", "score,answered_at\n9,2026-03-04 10:00:00\n"],
)  # fmt: skip
def test_an_answer_on_another_scale_or_of_no_survey_is_never_converted(desk: Desk, rows: str) -> None:
    outcome = desk.land_one("answers_file/all/answers.csv", rows, gate=check_batch)
    assert [desk.batch(batch_id).status for batch_id in outcome.batches] == ["refused"]


def test_effort_without_its_scale_counts_with_a_warning(desk: Desk) -> None:
    rows = "kind,score,answered_at\nces,4,2026-03-04 10:00:00\n"
    outcome = desk.land_one("answers_file/all/answers.csv", rows, gate=check_batch)
    batch = desk.batch(outcome.batches[0])
    assert batch.status == "accepted"
    checks = [
        json.loads(line) for line in (batch.path.parent / "checks.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [check["severity"] for check in checks if not check["passed"]] == ["warning"]


def test_an_address_as_the_source_of_a_lead_is_masked(desk: Desk) -> None:
    rows = "created_at,email,stage,source\n2026-03-04,an@example.com,Lead,an@example.com\n"
    outcome = desk.land_one("contacts_file/all/leads.csv", rows)
    assert desk.rows(outcome, "lead_source") == [("[email]",)]
