"""The mapped files of ActiveCampaign and GetResponse, and what is refused by its name."""

from __future__ import annotations

import pytest

from raceway.common.home import PROJECT
from tests.support.desk import Desk


@pytest.mark.parametrize(
    ("name", "header", "kind"),
    [
        ("flows.csv", "Day,Flow ID,Flow Name,Delivered,Unique Opens", "Klaviyo flow report"),
        ("campaign.csv", "id,_fivetran_synced,name", "Klaviyo connector table"),
    ],
)
def test_what_is_known_and_not_supported_is_refused_by_its_name(desk: Desk, name: str, header: str, kind: str) -> None:
    outcome = desk.land_one(f"klaviyo/letters/{name}", f"{header}\n1,2,3\n")
    assert (outcome.status, outcome.reason) == ("refused", f"{name}: {kind}: not a supported report")


@pytest.mark.parametrize("tool", ["activecampaign/club", "getresponse/list"])
def test_the_templates_of_mapped_tools_land_as_they_are(desk: Desk, tool: str) -> None:
    source = tool.split("/")[0]
    landed = {}
    for table in ("campaigns", "contacts", "email_activity"):
        text = (PROJECT.root / "docs" / "templates" / f"{source}_{table}.csv").read_text(encoding="utf-8")
        outcome = desk.land_one(f"{tool}/{table}.csv", text)
        assert outcome.tables.keys() == {table}, outcome.reason
        landed[table] = (outcome.rows_landed, outcome.rows_refused)
    assert landed == {"campaigns": (1, 0), "contacts": (2, 0), "email_activity": (2, 0)}


def test_vietnamese_headers_and_flags_land_in_the_account_s_zone(desk: Desk) -> None:
    activity = (
        "Địa chỉ email;Sự kiện;Thời gian;Mã chiến dịch;Mở tự động\n"
        "an@example.com;Đã mở;2026-03-04 00:10:00;c1;Có\n"
        "an@example.com;Đã nhấp;2026-03-04T00:12:00+00:00;c1;không\n"
        "an@example.com;Đã nhấp;2026-03-04 00:13:00;c1;\n"
    )
    outcome = desk.land_one("activecampaign/club/hoat_dong.csv", activity)
    assert desk.rows(outcome, "event, cast(occurred_at as varchar), campaign_id, is_machine") == [
        ("Đã mở", "2026-03-03 17:10:00", "c1", True),
        ("Đã nhấp", "2026-03-04 00:12:00", "c1", False),
        ("Đã nhấp", "2026-03-03 17:13:00", "c1", None),
    ]


def test_an_overlay_names_the_columns_of_a_company_s_own_export(desk: Desk) -> None:
    (desk.home.sources / "getresponse.yml").write_text(
        "tables:\n  contacts:\n    aliases:\n      email: [E-Mail-Adresse]\n".replace("email:", "email_hash:")
        + "      subscribed_at: [Hinzugefügt]\n      status: [Zustand]\n",
        encoding="utf-8",
    )
    text = "E-Mail-Adresse,Zustand,Hinzugefügt\nan@example.com,active,2026-03-01 10:00:00\n"
    outcome = desk.land_one("getresponse/list/kontakte.csv", text)
    assert outcome.tables.keys() == {"contacts"}, outcome.reason
    assert desk.rows(outcome, "status, cast(subscribed_at as varchar)") == [("active", "2026-03-01 02:00:00")]
