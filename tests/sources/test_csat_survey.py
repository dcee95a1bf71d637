"""Satisfaction surveys: three tools, each with its own header, id and way of writing a date."""

from __future__ import annotations

import pytest

from raceway.reading.personal import Hasher
from tests.support.desk import Desk

COLUMNS = "score, cast(submitted_at as varchar), email_hash is not null"


def test_a_typeform_is_found_by_a_word_of_its_question_and_zero_answers_stay_empty(desk: Desk) -> None:
    content = (
        '#,"How satisfied are you with “us”,\n{{field:name}}?",Why?,email,Response Type,Start Date (UTC),Submit Date (UTC)\n'
        'm4k1x0,5,"Giao nhanh,\nđóng gói đẹp",An@example.com,completed,2026-03-01 02:40:58,2026-03-01 02:41:05\n'
        "p9q8r7,,,,partial,2026-03-01 03:00:00,\n"
    )
    outcome = desk.land_one("csat_survey/shop/responses.csv", content)
    assert desk.rows(outcome, f"response_id, comment, {COLUMNS}", "typeform") == [
        ("m4k1x0", "Giao nhanh,\nđóng gói đẹp", 5, "2026-03-01 02:41:05", True),
        ("p9q8r7", None, None, None, False),
    ]
    assert desk.rows(outcome, "email_hash")[0] == (Hasher(desk.home).email("an@example.com"),)


def test_survey_monkey_s_second_header_is_furniture_and_its_words_are_numbers(desk: Desk) -> None:
    content = (
        "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,Custom Data 1,"
        "Overall how satisfied are you?,What can we improve?,\n"
        ",,,,,,,,,Response,Open-Ended Response,Other (please specify)\n"
        "118400000001,429000001,03/01/2026 09:40:58 PM,03/01/2026 09:41:30 PM,192.0.2.1,,,,,Very satisfied,=1+1,\n"
        "118400000002,429000001,03/02/2026 09:40:58 AM,,192.0.2.1,a@example.com,An,Tran,,2,,\n"
    )
    outcome = desk.land_one("csat_survey/shop/All.csv", content)
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_furniture) == (3, 2, 1)
    # local times of the account, seven hours before UTC's
    assert desk.rows(outcome, f"response_id, {COLUMNS}", "survey_monkey") == [
        ("118400000001", 5, "2026-03-01 14:41:30", False),
        ("118400000002", 2, None, True),
    ]


@pytest.mark.parametrize(
    ("table", "header", "stamp", "utc"),
    [
        ("google_forms", "Timestamp,Are you satisfied?", "3/15/2026 9:41:05", "2026-03-15 02:41:05"),
        ("google_forms", "Timestamp,Are you satisfied?", "2026/03/15 9:41:05 AM GMT+07", "2026-03-15 02:41:05"),
        ("google_forms_vi", "Dấu thời gian,Bạn có hài lòng không?", "15/03/2026 9:41:05", "2026-03-15 02:41:05"),
        ("google_forms_vi", "Dấu thời gian,Bạn có hài lòng không?", "04/03/2026 23:41:05", "2026-03-04 16:41:05"),
    ],
)
def test_the_language_of_a_sheet_says_which_of_two_numbers_is_the_month(
    desk: Desk, table: str, header: str, stamp: str, utc: str
) -> None:
    outcome = desk.land_one("csat_survey/shop/sheet.csv", f"{header}\n{stamp},4\n")
    assert (list(outcome.tables), outcome.rows_refused) == ([table], 0), outcome.reason
    assert desk.rows(outcome, COLUMNS, table) == [(4, utc, False)]


def test_two_answers_of_one_second_without_an_address_are_two_rows(desk: Desk) -> None:
    content = "Dấu thời gian,Bạn có hài lòng không?,Góp ý\n" + "15/03/2026 9:41:05,4,\n" * 2
    outcome = desk.land_one("csat_survey/shop/sheet.csv", content)
    assert desk.rows(outcome, "_entity, score") == [("2026-03-15 02:41:05", 4)] * 2


def test_a_rating_off_the_scale_holds_the_batch_back(desk: Desk) -> None:
    from raceway.contracts.load import load_contract
    from raceway.gate.landing_suites import landing_suite

    for table in ("typeform", "survey_monkey", "google_forms", "google_forms_vi"):
        suite = landing_suite(load_contract("csat_survey").table(table))
        (score,) = [one for one in suite.expectations if one.name.startswith("score")]
        assert score.severity == "critical"


def test_a_company_names_its_own_question_in_an_overlay(desk: Desk) -> None:
    (desk.home.sources / "csat_survey.yml").write_text(
        "tables:\n  typeform:\n    aliases:\n      score: [Bạn chấm shop mấy điểm?]\n", encoding="utf-8"
    )
    content = "#,Bạn chấm shop mấy điểm?,Submit Date (UTC)\nm4,3,2026-03-01 02:41:05\n"
    assert desk.rows(desk.land_one("csat_survey/shop/r.csv", content), "score") == [(3,)]
