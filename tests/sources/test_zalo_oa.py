"""Messages of a Zalo Official Account: a mapped file with Vietnamese or the template's headers."""

from __future__ import annotations

from raceway.common.home import PROJECT
from tests.support.desk import Desk

COLUMNS = "message_id, title, cast(sent_at as varchar), sent, delivered, reads, clicks"
LANDED = ("ZNS-0001", "Ưu đãi 8/3", "2026-03-05 02:00:00", 1200, 1180, 640, 85)


def test_the_template_lands_without_a_finding(desk: Desk) -> None:
    template = (PROJECT.root / "docs" / "templates" / "zalo_oa_messages.csv").read_text(encoding="utf-8")
    rows = "\n".join(line for line in template.splitlines() if not line.startswith("#")) + "\n"
    outcome = desk.land_one("zalo_oa/oa/messages.csv", rows)
    assert desk.rows(outcome, COLUMNS) == [LANDED]
    assert desk.batch(outcome.batches[0]).manifest["findings"] == []


def test_vietnamese_headers_mean_the_same(desk: Desk) -> None:
    head = "Mã tin,Tên tin,Loại tin,Thời gian gửi,Số lượng gửi,Gửi thành công,Đã xem,Lượt nhấn\n"
    outcome = desk.land_one(
        "zalo_oa/oa/tin.csv", head + 'ZNS-0001,Ưu đãi 8/3,ZNS,05/03/2026 09:00,"1,200",1180,640,85\n'
    )
    assert desk.rows(outcome, COLUMNS) == [LANDED]


def test_a_newer_export_of_a_message_replaces_its_counts(desk: Desk) -> None:
    head = "message_id,sent_at,sent,read\n"
    early = desk.land_one("zalo_oa/oa/a.csv", head + "M1,2026-03-05 09:00:00,100,10\n", "2026-03-05 20:00")
    late = desk.land_one("zalo_oa/oa/b.csv", head + "M1,2026-03-05 09:00:00,100,55\n", "2026-03-08 20:00")
    assert (desk.rows(early, "reads"), desk.rows(late, "reads")) == ([(10,)], [(55,)])
    assert desk.batch(late.batches[0]).manifest["scope_kind"] == "entities"
