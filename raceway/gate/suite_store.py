"""Where Great Expectations' own tools find the suites: rendered from the contracts, as the gate renders them."""

from __future__ import annotations

from typing import Any

from great_expectations.data_context.store import InMemoryStoreBackend

from raceway.gate.landing_suites import all_suites


class RenderedSuites(InMemoryStoreBackend):  # type: ignore[misc]  # GX carries no types for mypy
    """The store behind `expectations/great_expectations.yml`.

    Holds every suite that `all_suites` gives. What is saved into it is gone with the process: a suite changes where
    its contract changes.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for suite in all_suites():
            self.set((suite.name,), suite.to_json())
