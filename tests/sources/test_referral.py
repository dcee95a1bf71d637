"""Invitations under the headers of several tools."""

from __future__ import annotations

import pytest

from raceway.common.home import PROJECT
from raceway.reading.personal import Hasher
from tests.support.desk import Desk


@pytest.mark.parametrize(
    "head",
    [
        "invitation_id,invited_at,inviter_email,invited_email,outcome,order_id",
        "Referral ID,Referral Date,Advocate Email,Friend Email,Status,Order Number",
        "Mã lời mời,Ngày mời,Email người mời,Email bạn bè,Kết quả,Mã đơn hàng",
    ],
)
def test_invitations_land_under_the_headers_of_several_tools_and_hashed(desk: Desk, head: str) -> None:
    content = (
        f"{head}\nR-1,2026-03-04 09:00:00,A@example.com,b@example.com ,ordered,#1042\nR-2,2026-03-05,a@example.com,,,\n"
    )
    outcome = desk.land_one("referral/shop/invitations.csv", content)
    hasher = Hasher(desk.home)
    one, other = hasher.email("a@example.com"), hasher.email("b@example.com")
    assert desk.rows(outcome, "invitation_id, cast(invited_at as varchar), inviter_hash, invited_hash, order_name") == [
        ("R-1", "2026-03-04 02:00:00", one, other, "#1042"), ("R-2", "2026-03-04 17:00:00", one, None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("template", "source", "table"),
    [("referral_invitations", "referral", "invitations")],
)
def test_the_templates_land(desk: Desk, template: str, source: str, table: str) -> None:
    account = {"affiliate": "us", "referral": "shop"}[source]
    content = (PROJECT.root / "docs" / "templates" / f"{template}.csv").read_bytes()
    outcome = desk.land_one(f"{source}/{account}/{template}.csv", content)
    assert (outcome.status, list(outcome.tables), outcome.rows_refused) == ("landed", [table], 0), outcome.reason
