"""Usability tests come by raceway's own template, filled in by people."""

from __future__ import annotations

from raceway.common.home import PROJECT
from raceway.reading.personal import Hasher
from tests.support.desk import Desk

COLUMNS = "test_id, task, is_success, errors, seconds, cast(tested_on as varchar)"


def test_the_template_lands_as_it_stands(desk: Desk) -> None:
    content = (PROJECT.root / "docs" / "templates" / "usability_test_tasks.csv").read_bytes()
    outcome = desk.land_one("usability_test/lab/tasks.csv", content)
    assert desk.rows(outcome, COLUMNS) == [
        ("Checkout March", "Find running shoes", True, 0, 41.5, "2026-03-04"),
        ("Checkout March", "Pay by card", False, 2, 120.0, "2026-03-04"),
    ]
    assert desk.rows(outcome, "participant_key") == [(Hasher(desk.home).id("P01"),)] * 2


def test_success_is_said_in_many_words_and_an_empty_count_is_none(desk: Desk) -> None:
    words = {"yes": True, "x": True, "Completed": True, "ĐẠT": True, "no": False, "Failed": False, "không đạt": False}
    rows = "".join(f"V1,P{n},T,{word},,9,2026-03-04\n" for n, word in enumerate(words))
    outcome = desk.land_one(
        "usability_test/lab/t.csv", f"test,participant,task,success,errors,seconds,tested_on\n{rows}"
    )
    assert desk.rows(outcome, "is_success, errors") == [(said, None) for said in words.values()]


def test_a_vietnamese_sheet_with_its_own_dates_lands_by_an_overlay(desk: Desk) -> None:
    (desk.home.sources / "usability_test.yml").write_text(
        'tables:\n  tasks:\n    number_locale: comma\n    dates: {tested_on: ["%d/%m/%Y"]}\n', encoding="utf-8"
    )
    content = (
        "Bài kiểm tra,Người tham gia,Nhiệm vụ,Thành công,Số lỗi,Số giây,Ngày kiểm tra\n"
        'V1,Lan,Đổi size,có,1,"41,5",04/03/2026\n'
    )
    outcome = desk.land_one("usability_test/lab/t.csv", content)
    assert desk.rows(outcome, COLUMNS) == [("V1", "Đổi size", True, 1, 41.5, "2026-03-04")]
