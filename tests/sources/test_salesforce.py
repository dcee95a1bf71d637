"""Salesforce's Data Loader files and reports."""

from __future__ import annotations

from raceway.reading.personal import Hasher
from tests.support.desk import Desk

LEADS = (
    '"ID","FIRSTNAME","LASTNAME","EMAIL","PHONE","COMPANY","STATUS","LEADSOURCE","CREATEDDATE","ISCONVERTED",'
    '"CONVERTEDDATE","CONVERTEDOPPORTUNITYID"\n'
)
LEAD = (
    '"00Q5g00000AbCdEAAB","Ann","Lee","ann@example.com","(212) 555-0101","Hudson\0 Runners","Closed - Converted","Web",'
    '"2026-03-01T03:21:09.000Z","true","2026-03-04","0065g00000XyZ01AAB"\n'
)


def test_a_data_loader_file_lands_in_utc_whatever_the_account_s_zone_and_nul_bytes_do_no_harm(desk: Desk) -> None:
    outcome = desk.land_one("salesforce/b2b/leads.csv", LEADS + LEAD)
    assert (outcome.rows_read, outcome.rows_landed) == (1, 1)
    hasher = Hasher(desk.home)
    assert desk.rows(
        outcome,
        "record_id, email_hash, phone_hash, status, cast(created_at as varchar), is_converted, "
        "cast(converted_on as varchar), converted_opportunity_id",
    ) == [
        ("00Q5g00000AbCdEAAB", hasher.email("ann@example.com"), hasher.phone("+12125550101", "US"), "Closed - Converted",
         "2026-03-01 03:21:09", True, "2026-03-04", "0065g00000XyZ01AAB"),
    ]  # fmt: skip


REPORT = (
    '"Opportunity ID","Opportunity Name","Stage","Amount","Close Date","Created Date","Lead Source"\n'
    '"0065g00000XyZ01","Café Runners","Closed Won","USD 12,000.50","03/29/2026","01/10/2026","Web"\n'
    '"0065g00000XyZ02","Total Trail Supply","Negotiation","USD 80.00","04/02/2026","12/31/2025",""\n'
    '\n"Grand Totals (2 records)"\n\n"Confidential Information - Do Not Distribute"\n'
    '"Copyright © 2000-2026 salesforce.com, inc. All rights reserved."\n'
)


def test_what_stands_below_a_report_is_furniture_in_either_encoding(desk: Desk) -> None:
    for number, encoding in enumerate(("cp1252", "utf-8")):
        outcome = desk.land_one(f"salesforce/b2b/report{number}.csv", REPORT.encode(encoding))
        assert (outcome.rows_landed, outcome.rows_refused) == (2, 0), encoding
        assert outcome.rows_furniture == outcome.rows_read - 2 >= 3
        assert desk.rows(
            outcome,
            "record_id, stage, cast(amount as varchar), cast(closed_on as varchar), cast(created_at as varchar)",
        ) == [
            ("0065g00000XyZ01", "Closed Won", "12000.500000", "2026-03-29", "2026-01-10 05:00:00"),
            ("0065g00000XyZ02", "Negotiation", "80.000000", "2026-04-02", "2025-12-31 05:00:00"),
        ]


def test_the_number_of_records_that_a_report_states_is_held_against_its_rows(desk: Desk) -> None:
    for said, found in (("1,002", ["says 1,002 rows but there are 2"]), ("2", [])):
        outcome = desk.land_one(f"salesforce/b2b/{said}.csv", REPORT.replace("(2 records)", f"({said} records)"))
        findings = desk.batch(outcome.batches[0]).manifest["findings"]
        told = [finding["message"] for finding in findings if finding["name"] == "total_differs"]
        assert told == [f"{said}.csv: the row “Grand Totals ({said} records)” {sentence}" for sentence in found]


def test_a_company_that_is_called_total_is_no_furniture(desk: Desk) -> None:
    text = LEADS + LEAD.replace("Ann", "Total").replace("Hudson\0 Runners", "Total Trail Supply")
    outcome = desk.land_one("salesforce/b2b/leads.csv", text)
    assert (outcome.rows_landed, outcome.rows_furniture) == (1, 0)


def test_a_day_of_the_other_order_is_refused_and_not_guessed(desk: Desk) -> None:
    rows = "".join(f'"id{n}","x","Open","1","03/29/2026","01/10/2026",""\n' for n in range(30))
    outcome = desk.land_one("salesforce/b2b/r.csv", REPORT.split("\n")[0] + "\n" + rows + '"id","x","Open","1","29/03/2026","01/10/2026",""\n')  # fmt: skip
    assert (outcome.rows_landed, outcome.rows_refused) == (30, 1)
    assert desk.quarantined(outcome)[0][2:4] == ("Close Date", "is no date (%m/%d/%Y or %Y-%m-%d)")
