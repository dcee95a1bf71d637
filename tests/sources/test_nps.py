"""Answers to the recommendation survey: what was written beside the score."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk

STAMPS = "Response Type,Start Date (UTC),Submit Date (UTC)"
SENT = "completed,2026-03-02 10:00:00,2026-03-02 10:01:00"


@pytest.mark.parametrize("question", ["Why?", "What is the reason for your score?", "Vì sao bạn cho điểm này?"])
def test_a_comment_lands_masked_with_its_sentiment(desk: Desk, question: str) -> None:
    content = (
        f'#,"How likely are you to recommend us, 0-10?",{question},email,{STAMPS}\n'
        f'a1,2,"Chậm, gọi 0912 345 678",an@example.com,{SENT}\n'
        f"a2,10,Excellent!,,{SENT}\na3,0,,,{SENT}\na4,5,Shoes,,{SENT}\n"
    )
    outcome = desk.land_one("nps/shop/responses.csv", content)
    assert desk.rows(outcome, "response_id, score, comment, comment_sentiment") == [
        ("a1", 2, "Chậm, gọi [phone]", -0.6),
        ("a2", 10, "Excellent!", 1.0),
        ("a3", 0, None, None),
        ("a4", 5, "Shoes", None),
    ]


def test_a_survey_without_a_question_for_the_reason_lands(desk: Desk) -> None:
    content = f"#,Would you recommend us?,{STAMPS}\na1,9,{SENT}\n"
    outcome = desk.land_one("nps/shop/responses.csv", content)
    assert desk.rows(outcome, "response_id, score, comment, comment_sentiment") == [("a1", 9, None, None)]
