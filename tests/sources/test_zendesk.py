"""Support tickets: the API's JSON in all its wrappings, and the report whose times are local."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import duckdb
import pytest

from raceway.reading.personal import Hasher
from tests.support.desk import Desk


def ticket(number: int, **more: Any) -> dict[str, Any]:
    """A ticket as the API writes it."""
    return {
        "id": number, "created_at": "2026-03-01T20:30:15Z", "updated_at": "2026-03-03T07:10:03Z", "status": "solved",
        "via": {"channel": "email", "source": {"from": {"address": " An@Example.com", "name": "An"}}},
        "subject": "Đổi size", "description": "gọi tôi 0912 345 678", "requester_id": 396331237134,
        "tags": ["doi_tra", "vip"], "satisfaction_rating": {"id": 7, "score": "good", "comment": "Nhanh, cảm ơn"},
    } | more  # fmt: skip


METRIC = {
    "id": 9, "ticket_id": 1595, "created_at": "2026-03-01T20:30:15Z", "solved_at": "2026-03-02T20:30:59Z",
    "reply_time_in_minutes": {"calendar": 45, "business": 0},
    "full_resolution_time_in_minutes": {"calendar": 1440, "business": 300},
}  # fmt: skip
USER = {"id": 396331237134, "email": "an@example.com", "role": "end-user", "created_at": "2026-01-05T00:00:00Z"}
COLUMNS = "ticket_id, cast(created_at as varchar), status, satisfaction, _entity"


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tickets.jsonl", lines(ticket(1595), ticket(1596))),
        ("tickets.json", json.dumps({"tickets": [ticket(1595), ticket(1596)], "end_of_stream": True}, indent=2)),
        ("pages.jsonl", lines({"tickets": [ticket(1595)]}, {"tickets": [ticket(1596)]})),
        ("array.json", json.dumps([ticket(1595), ticket(1596)])),
    ],
)
def test_a_ticket_lands_the_same_from_lines_pages_and_arrays(desk: Desk, name: str, content: str) -> None:
    outcome = desk.land_one(f"zendesk/help/{name}", content)
    assert (list(outcome.tables), outcome.rows_refused) == (["tickets"], 0), outcome.reason
    assert desk.rows(outcome, COLUMNS) == [
        ("1595", "2026-03-01 20:30:15", "solved", "good", "1595"),
        ("1596", "2026-03-01 20:30:15", "solved", "good", "1596"),
    ]


def test_metrics_and_users_are_told_from_tickets_and_land_beside_them(desk: Desk) -> None:
    metrics = desk.land_one("zendesk/help/m.json", json.dumps({"ticket_metrics": [METRIC], "next_page": None}))
    assert desk.rows(metrics, "ticket_id, first_reply_minutes, resolution_minutes, cast(solved_at as varchar)") == [
        ("1595", 45, 1440, "2026-03-02 20:30:59")
    ]
    users = desk.land_one("zendesk/help/u.json", json.dumps({"users": [USER, USER | {"id": 5, "email": None}]}))
    tickets = desk.land_one("zendesk/help/t.jsonl", lines(ticket(1595)))
    hasher = Hasher(desk.home)
    key, address = hasher.id("396331237134"), hasher.email("an@example.com")
    assert desk.rows(users, "requester_key, email_hash") == [(key, address), (hasher.id("5"), None)]
    assert desk.rows(tickets, "requester_key, email_hash") == [(key, address)]


def test_a_ticket_without_rating_sender_or_tags_lands_empty_there(desk: Desk) -> None:
    bare = ticket(7, via={"channel": "web", "source": {"from": {}}}, satisfaction_rating=None, tags=[])
    del bare["tags"]
    outcome = desk.land_one("zendesk/help/t.jsonl", lines(bare))
    assert desk.rows(outcome, "channel, email_hash, tags, satisfaction, rating_comment, rating_sentiment") == [
        ("web", None, None, None, None, None)
    ]


def test_what_a_customer_wrote_lands_scored_and_without_numbers_to_call(desk: Desk) -> None:
    rating = {"score": "bad", "comment": "Slow and disappointing, call 0912 345 678 or an@example.com"}
    outcome = desk.land_one("zendesk/help/t.jsonl", lines(ticket(7, satisfaction_rating=rating)))
    ((comment, sentiment),) = desk.rows(outcome, "rating_comment, rating_sentiment")
    assert comment.startswith("Slow and disappointing, call [")
    assert not any(part in comment for part in ("0912", "345", "@"))
    assert -1 <= sentiment < 0
    everything = " ".join(str(cell) for row in desk.rows(outcome) for cell in row)
    assert "Đổi size" not in everything
    assert "0912" not in everything


def test_each_export_keeps_what_it_said_of_the_rating(desk: Desk) -> None:
    offered = ticket(7, satisfaction_rating={"score": "offered"}, updated_at="2026-03-02T00:00:00Z")
    desk.land_one("zendesk/help/a.jsonl", lines(offered), at="2026-03-03 03:00")
    desk.land_one("zendesk/help/b.jsonl", lines(ticket(7)), at="2026-03-09 03:00")
    with duckdb.connect() as connection:
        states = connection.execute(
            "select _entity, satisfaction, cast(updated_at as varchar) "
            f"from read_parquet('{desk.home.landing}/zendesk/tickets__states/*.parquet') order by exported_at"
        ).fetchall()
    assert states == [("7", "offered", "2026-03-02 00:00:00"), ("7", "good", "2026-03-03 07:10:03")]


HEAD = (
    "Summation column,Id,Requester,Requester id,Requester email,Subject,Tags,Status,Via,Created at,Updated at,Solved at,"
    "Satisfaction Score,Replies,First reply time in minutes,First reply time in minutes within business hours,"
    "Full resolution time in minutes,Size [list]\n"
)


def test_the_report_s_times_are_the_account_s_and_its_minutes_are_whole(desk: Desk) -> None:
    row = '1,{0},An,77,an@example.com,"Hoàn\ntiền, gấp",vip closed_by_merge,Solved,Mail,2026-03-02 01:54,{1},'
    row += "2026-03-04 09:00,Offered,1,{2},,3306,42\n"
    outcome = desk.land_one(
        "zendesk/help/report.csv", HEAD + row.format(1, "2026-03-05 09:00", 12) + row.format(2, "", "")
    )
    assert desk.rows(outcome, "ticket_id, cast(created_at as varchar), cast(solved_at as varchar), first_reply_minutes") == [
        ("1", "2026-03-01 18:54:00", "2026-03-04 02:00:00", 12), ("2", "2026-03-01 18:54:00", "2026-03-04 02:00:00", None),
    ]  # fmt: skip
    batch = desk.batch(outcome.batches[0])
    assert batch.manifest["findings"] == [], "every other column of the report is known"
    # the day in the account's zone, and every day up to the day before the export
    assert (batch.covers_from, batch.covers_to) == (dt.date(2026, 3, 2), dt.date(2026, 3, 8))


def test_a_report_row_with_words_for_minutes_is_refused_and_the_others_land(desk: Desk) -> None:
    row = "1,{0},An,77,,x,,Solved,Mail,2026-03-02 01:54,,,,1,{1},,,\n"
    outcome = desk.land_one("zendesk/help/r.csv", HEAD + "".join(row.format(n, m) for n, m in ((1, "5"), (2, "soon"))))
    assert (outcome.rows_landed, outcome.rows_refused) == (1, 1)
    ((_, number, column, reason, _),) = desk.quarantined(outcome)
    assert (number, column, reason) == ("2", "First reply time in minutes", "is no whole number")


def test_a_ticket_id_that_a_spreadsheet_spoilt_refuses_the_report(desk: Desk) -> None:
    outcome = desk.land_one("zendesk/help/r.csv", HEAD + "1,3.96331E+11,An,77,,x,,New,Mail,2026-03-02 01:54,,,,1,,,,\n")
    assert outcome.status == "refused"
    assert "went through a spreadsheet" in outcome.reason
