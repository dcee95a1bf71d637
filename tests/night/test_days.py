"""No night is run for a day that lies further ahead than tomorrow."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from raceway.common.faults import BadSettings
from raceway.config.settings import load_settings
from raceway.night.days import refuse_days_ahead
from tests.support.command_line import raceway
from tests.support.small_company import small_company

NOW = dt.datetime(2026, 3, 2, 17, 30, tzinfo=dt.UTC)
"""00:30 of 3 March in Hồ Chí Minh City."""


def test_today_and_tomorrow_of_the_business_zone_are_run_and_no_later_day(tmp_path: Path) -> None:
    home = small_company(tmp_path / "home")
    settings = load_settings(home)
    for as_of in (dt.date(2020, 1, 1), dt.date(2026, 3, 3), dt.date(2026, 3, 4)):
        refuse_days_ahead(home, settings, as_of, NOW)
    with pytest.raises(BadSettings, match=r"--as-of 2026-03-05: lies ahead; .* at the latest for 2026-03-04"):
        refuse_days_ahead(home, settings, dt.date(2026, 3, 5), NOW)


@pytest.mark.parametrize(("said", "last"), [("2027-01-01\n", dt.date(2027, 1, 1)), ("soon\n", dt.date(2026, 3, 4)),
                                            ("2026-01-01", dt.date(2026, 3, 4))])  # fmt: skip
def test_a_samples_home_is_run_for_the_day_after_its_last(tmp_path: Path, said: str, last: dt.date) -> None:
    home = small_company(tmp_path / "home")
    home.truth.mkdir()
    home.sample_as_of.write_text(said, encoding="utf-8")
    settings = load_settings(home)
    refuse_days_ahead(home, settings, last, NOW)
    with pytest.raises(BadSettings):
        refuse_days_ahead(home, settings, last + dt.timedelta(days=1), NOW)


def test_the_command_says_so_in_a_sentence_and_begins_nothing(tmp_path: Path) -> None:
    home = small_company(tmp_path / "home")
    ran = raceway(home.root, "run", "--as-of", "2098-01-01")
    assert ran.code == 2
    assert "--as-of 2098-01-01: lies ahead" in ran.err.replace("\n", " ")
    assert "Traceback" not in ran.out + ran.err
    assert not list(home.runs.glob("2*"))
