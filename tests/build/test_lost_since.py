"""What was counted and is gone without a decision stops the night before anything is built without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from raceway.build.lost_since import refuse_what_was_lost
from raceway.common.faults import BadSettings, PermanentFault
from raceway.config.accounts import load_accounts
from raceway.ledger.decisions import reject
from tests.support.mart_company import make_company


def test_an_account_in_effect_must_keep_its_line_until_its_batches_are_taken_out(tmp_path: Path) -> None:
    company = make_company(tmp_path)
    company.land("20261121T200000Z-000000000001", days=("2026-11-20", "2026-11-21"))
    accounts = load_accounts(company.home)
    with pytest.raises(BadSettings, match=r"accounts.csv: has no line any more .* google_ads,vn \(1 batches"):
        refuse_what_was_lost(company.home, accounts)
    reject(company.home, "20261121T200000Z-000000000001", "an", "the account was sold")
    refuse_what_was_lost(company.home, accounts)


def test_a_batch_in_effect_whose_decision_is_gone_from_the_ledger_stops_the_night(tmp_path: Path) -> None:
    company = make_company(tmp_path)
    company.land("20261121T200000Z-000000000001", days=("2026-11-20", "2026-11-21"))
    sorted(company.home.ledger.glob("*.json"))[-1].unlink()
    with pytest.raises(PermanentFault, match="an event is missing"):
        refuse_what_was_lost(company.home, load_accounts(company.home))
