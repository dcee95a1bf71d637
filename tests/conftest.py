"""How the tests are spread over processes: a file's tests stay together, since they share costly fixtures.

Files that share a night name one `xdist_group`; every other file is a group of its own.
"""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))
