"""HubSpot's views of contacts and deals."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from raceway.reading.personal import Hasher
from tests.support.desk import Desk

CONTACTS = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Lifecycle Stage,Create Date,"
    "Became a Lead Date,Original Source\n"
)
AN = "76340000251,An,Tran,An@Example.com,0912 345 678,linh,Open,Marketing Qualified Lead,2026-03-01 00:14,2026-03-01 09:30,Organic Search\n"


def test_a_contact_lands_hashed_with_its_times_in_utc_and_its_stage_is_kept(desk: Desk) -> None:
    outcome = desk.land_one("hubspot/crm/all-contacts.csv", CONTACTS + AN)
    hasher = Hasher(desk.home)
    assert desk.rows(
        outcome,
        "record_id, email_hash, phone_hash, lifecycle_stage, cast(created_at as varchar), "
        "cast(became_lead_at as varchar), became_qualified_at, original_source",
    ) == [
        ("76340000251", hasher.email("an@example.com"), hasher.phone("+84912345678", "VN"), "Marketing Qualified Lead",
         "2026-02-28 17:14:00", "2026-03-01 02:30:00", None, "Organic Search"),
    ]  # fmt: skip
    (states,) = (desk.home.landing / "hubspot" / "contacts__states").glob("*.parquet")
    assert outcome.batches[0] in states.name


def test_dates_land_the_same_from_csv_from_a_workbook_and_as_a_workbook_s_numbers(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(CONTACTS.strip().split(","))
    sheet.append([76340000251, "An", "Tran", "An@Example.com", "0912 345 678", "linh", "Open",
                  "Marketing Qualified Lead", dt.datetime(2026, 3, 1, 0, 14), dt.datetime(2026, 3, 1, 9, 30),
                  "Organic Search"])  # fmt: skip
    buffer = io.BytesIO()
    book.save(buffer)
    serial = AN.replace("2026-03-01 00:14", "46082.009722222225").replace("2026-03-01 09:30", "46082.395833333336")
    files = {"dates.csv": CONTACTS + AN, "serial.csv": CONTACTS + serial, "typed.xlsx": buffer.getvalue()}
    columns = "record_id, email_hash, phone_hash, lifecycle_stage, created_at, became_lead_at"
    landed = [desk.rows(desk.land_one(f"hubspot/crm/{name}", text), columns) for name, text in files.items()]
    assert landed[0] == landed[1] == landed[2]


def test_merged_ids_land_as_they_are_and_stage_dates_are_met_by_pattern(desk: Desk) -> None:
    text = (
        "Record ID - Contact,Email,Lifecycle Stage,Create Date,"
        '"Date entered ""Lead (Lifecycle Stage Pipeline)""","Date entered ""Marketing Qualified Lead (Lifecycle)"""\n'
        "76340251;46897301,an@example.com,lead,2026-03-01 10:00,2026-03-02 10:00,2026-03-03 10:00\n"
    )
    outcome = desk.land_one("hubspot/crm/contacts.csv", text)
    assert desk.rows(outcome, "record_id, cast(became_lead_at as varchar), cast(became_qualified_at as varchar)") == [
        ("76340251;46897301", "2026-03-02 03:00:00", "2026-03-03 03:00:00")
    ]


def test_deals_land_with_their_contacts_and_without_names(desk: Desk) -> None:
    text = (
        "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Associated Contact IDs,Close Date,Create Date,Pipeline\n"
        '900,Anh An 0912345678,Closed Won,"12,500,000",linh,76340251;46897301,2026-03-05 17:30,2026-03-01 09:00,Sales\n'
        "901,,Presentation Scheduled,,linh,,2026-09-01 09:00,2026-03-02 09:00,Sales\n"
    )
    outcome = desk.land_one("hubspot/crm/deals.csv", text)
    assert outcome.tables.keys() == {"deals"}
    assert desk.rows(outcome, "record_id, deal_stage, cast(amount as varchar), contact_ids, cast(closed_at as varchar)") == [
        ("900", "Closed Won", "12500000.000000", "76340251;46897301", "2026-03-05 10:30:00"),
        ("901", "Presentation Scheduled", None, None, "2026-09-01 02:00:00"),
    ]  # fmt: skip
    batch = desk.batch(outcome.batches[0])
    assert "Anh An" not in batch.path.read_bytes().decode("latin-1")


@pytest.mark.parametrize("bad", ["", "12/03/2026"])
def test_a_contact_whose_creation_cannot_be_read_is_named(desk: Desk, bad: str) -> None:
    good = "".join(AN.replace("76340000251", str(n)) for n in range(30))
    text = CONTACTS + AN.replace("2026-03-01 00:14", bad) + good
    outcome = desk.land_one("hubspot/crm/contacts.csv", text)
    refused = [row[1:3] for row in desk.quarantined(outcome)] if bad else []
    assert refused == ([("1", "Create Date")] if bad else [])


def test_contacts_land_without_their_stage_and_deals_never_pass_for_them(desk: Desk) -> None:
    contacts = '"Record ID","Email","Create Date"\n"1","an@example.com","2026-03-01 09:14"\n'
    outcome = desk.land_one("hubspot/crm/all-contacts.csv", contacts)
    assert (list(outcome.tables), desk.rows(outcome, "record_id, lifecycle_stage")) == (["contacts"], [("1", None)])
    few = desk.land_one(
        "hubspot/crm/all-deals.csv", '"Record ID","Deal Name","Amount","Create Date"\n"1","Big","100","2026-03-01"\n'
    )
    assert few.status == "refused"
    assert "deals" in few.reason
    assert "“Deal Stage”" in few.reason or "another report" in few.reason or "besides" in few.reason
