"""Members and points of a loyalty programme: what is special about their files."""

from __future__ import annotations

import pytest

from raceway.common.home import PROJECT
from raceway.gate.batch_gate import check_batch
from raceway.reading.personal import Hasher
from tests.support.desk import Desk

MEMBERS = "member_id,email,phone,joined_on,left_on\n"
LEDGER = "posting_id,member_id,posted_at,kind,points\n"


def test_members_land_without_anything_that_names_them(desk: Desk) -> None:
    content = (
        "\ufeffMã thành viên,Họ tên,Email,Số điện thoại,Ngày sinh,Ngày tham gia,Ngày rời\n"
        "0901234567,Nguyễn An,An@Example.com,0901 234 567,01/02/1990,04/03/2026,\n"
        "M-2,Lê Bình,,,,31/12/2025,05/03/2026\n"
    )
    outcome = desk.land_one("loyalty/club/Thành viên.csv", content)
    hasher = Hasher(desk.home)
    assert desk.rows(outcome, "email_hash, cast(joined_on as varchar), cast(left_on as varchar)") == [
        (hasher.email("an@example.com"), "2026-03-04", None),
        (None, "2025-12-31", "2026-03-05"),
    ]
    assert not any("901234567" in str(cell) or "Nguyễn" in str(cell) for row in desk.rows(outcome, "*") for cell in row)


def test_kinds_of_both_languages_and_tools_are_one_vocabulary(desk: Desk) -> None:
    rows = (
        "1,M-1,2026-03-04 23:30:00,Tích điểm,120\n2,M-1,2026-03-05 00:30:00,ĐỔI ĐIỂM,50\n3,M-1,2026-03-06,Spend,-7.5\n"
    )
    outcome = desk.land_one("loyalty/club/ledger.csv", LEDGER + rows)
    assert desk.rows(outcome, "kind, cast(points as varchar), cast(posted_at as varchar)") == [
        ("earned", "120.000000", "2026-03-04 16:30:00"),
        ("redeemed", "50.000000", "2026-03-04 17:30:00"),
        ("redeemed", "-7.500000", "2026-03-05 17:00:00"),
    ]


def test_earned_and_redeemed_points_may_have_a_column_each(desk: Desk) -> None:
    content = (
        "Mã giao dịch,Mã thành viên,Thời điểm,Điểm tích,Điểm đổi\n1,M-1,04/03/2026 09:00,12,\n2,M-1,05/03/2026,,5\n"
    )
    outcome = desk.land_one("loyalty/club/diem.csv", content)
    assert desk.rows(outcome, "cast(points_earned as varchar), cast(points_redeemed as varchar), points") == [
        ("12.000000", None, None),
        (None, "5.000000", None),
    ]


def test_a_posting_without_points_stops_at_the_gate(desk: Desk) -> None:
    outcome = desk.land_one("loyalty/club/ledger.csv", LEDGER + "1,M-1,2026-03-04,earned,\n", gate=check_batch)
    assert (outcome.status, "every posting states points" in outcome.reason) == ("refused", True)


def test_who_leaves_before_joining_stops_at_the_gate(desk: Desk) -> None:
    row = "M-1,a@example.com,,2026-03-04,2026-03-01\n"
    outcome = desk.land_one("loyalty/club/members.csv", MEMBERS + row, gate=check_batch)
    assert (outcome.status, "nobody leaves before joining" in outcome.reason) == ("refused", True)


def test_a_balance_export_is_refused(desk: Desk) -> None:
    outcome = desk.land_one("loyalty/club/customers.csv", "email,points\na@example.com,120\n")
    assert outcome.status == "refused"


@pytest.mark.parametrize("table", ["members", "ledger"])
def test_the_template_lands(desk: Desk, table: str) -> None:
    content = (PROJECT.root / "docs" / "templates" / f"loyalty_{table}.csv").read_bytes()
    outcome = desk.land_one(f"loyalty/club/{table}.csv", content, gate=check_batch)
    assert (outcome.status, outcome.rows_refused) == ("landed", 0), outcome.reason
    assert list(outcome.tables) == [table]
