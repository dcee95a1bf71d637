"""Reference data with published answers: `../shared/reference`, or RACEWAY_REFERENCE; without them these tests skip."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.real_files import REFERENCE


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
