"""Reference data with published answers: `../shared/reference`, or RACEWAY_REFERENCE; without them these tests skip."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from raceway.common.home import PROJECT
from tests.marts.conftest import SETTINGS, Mart, dbt, dbt_scratch

__all__ = ["SETTINGS", "Mart", "dbt", "dbt_scratch"]

SAMPLES = Path(os.environ.get("RACEWAY_SAMPLES") or PROJECT.root.parent / "shared" / "samples")
REFERENCE = Path(os.environ.get("RACEWAY_REFERENCE") or SAMPLES.parent / "reference")


def reference(name: str) -> Path:
    folder = REFERENCE / name
    if not folder.is_dir():
        message = f"no reference data at {folder}"
        if os.environ.get("RACEWAY_REQUIRE_SAMPLES") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def cdnow() -> Path:
    return reference("cdnow")


@pytest.fixture(scope="session")
def online_retail() -> Path:
    return reference("online_retail")
