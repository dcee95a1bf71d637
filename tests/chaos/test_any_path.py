"""A home works in a folder of any name, or is refused there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from raceway.common.faults import BadSettings
from raceway.common.home import find_home
from tests.chaos.night import in_child
from tests.support.small_company import AS_OF, REPORT, put, small_company

ODD = "x [y] * env=prod 100% 'q' đêm, \"z\" {a} ~"


def test_landing_and_freeze_end_alike_in_a_folder_of_any_name(tmp_path: Path) -> None:
    digests = []
    for name in ("plain", ODD):
        home = small_company(tmp_path / name)
        put(home, "report [1].csv", REPORT, dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC))
        ended = in_child(find_home(home.root), AS_OF)
        assert ended.digest, ended
        digests.append(ended.digest)
    assert digests[0] == digests[1]


@pytest.mark.parametrize("name", ["who?", "no. #1", "two\nlines"])
def test_a_folder_in_which_no_home_can_lie_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSettings, match="must not hold"):
        find_home(tmp_path / name)
    with pytest.raises(BadSettings, match="must not hold"):
        small_company(tmp_path / name)
