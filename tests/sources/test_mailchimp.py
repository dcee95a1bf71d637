"""Mailchimp's audience: three members of an archive, told apart by their names."""

from __future__ import annotations

import io
import zipfile

import pytest

from raceway.reading.personal import Hasher
from tests.support.desk import Desk


@pytest.mark.parametrize("as_zip", [True, False])
def test_the_audience_takes_its_status_from_the_members_names(desk: Desk, as_zip: bool) -> None:
    files = {
        "subscribed_members_export_a1b2.csv": "Email Address,First Name,OPTIN_TIME\nan@example.com,An,2026-01-01 10:00:00\n",
        "unsubscribed_members_export_a1b2.csv": "Email Address,First Name,OPTIN_TIME,UNSUB_TIME\n"
        "bo@example.com,Bo,2026-01-01 10:00:00,2026-02-01 10:00:00\n",
        "cleaned_members_export_a1b2.csv": "Email Address,First Name,OPTIN_TIME,CLEAN_TIME\n",
    }
    if as_zip:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        desk.deliver("mailchimp/list/audience_export.zip", buffer.getvalue())
    else:
        for name, content in files.items():
            desk.deliver(f"mailchimp/list/{name}", content)
    (outcome,) = desk.land("mailchimp")
    rows = desk.rows(outcome, "status, cast(unsub_at as varchar), email_hash")
    hashes = Hasher(desk.home)
    assert sorted(rows) == [
        ("subscribed", None, hashes.email("an@example.com")),
        ("unsubscribed", "2026-02-01 10:00:00", hashes.email("bo@example.com")),
    ]
