"""A restored home runs with its own key alone. That it gives the same mart, the sample's night shows (tests/e2e)."""

from __future__ import annotations

from pathlib import Path

import pytest

from raceway.common.home import Home
from tests.golden import golden_week
from tests.support.backup import restored
from tests.support.command_line import raceway


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after one night of files of every stage."""
    return golden_week.night(tmp_path_factory)


def night(home: Home, code: int) -> str:
    ran = raceway(home.root, "run", "--as-of", golden_week.AS_OF)
    assert ran.code == code, ran.out + ran.err
    return " ".join((ran.out + ran.err).split())


def test_without_the_key_a_restored_home_refuses_to_run(company: Home, tmp_path: Path) -> None:
    home = restored(company, tmp_path / "restored", "secrets")
    assert "Put the key back from a backup" in night(home, 2)
    assert not home.published.exists()


def test_with_another_key_a_restored_home_refuses_to_run(company: Home, tmp_path: Path) -> None:
    home = restored(company, tmp_path / "restored")
    home.hash_key.write_text("0" * 64 + "\n", encoding="utf-8")
    known = company.key_fingerprint.read_text(encoding="utf-8").strip()
    assert f"hashed under the key {known}" in night(home, 2)
    assert f"hashed under the key {known}" in " ".join(raceway(home.root, "doctor").out.split())
