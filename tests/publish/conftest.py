from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mart_company import Company, make_company

from raceway.history.records import Check


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return make_company(tmp_path)


@pytest.fixture
def failing() -> Callable[..., Check]:
    """Makes a check that failed."""

    def make(severity: str, message: str, subject: str = "race_kpi", **given: object) -> Check:
        return Check("a_check", "dbt_test", severity, False, subject, message=message, **given)

    return make
