"""docs/reference/: generated pages are what the program says, and the contract language lists every key."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel

from raceway.common.home import PROJECT
from raceway.console.reference_pages import FOLDER, PAGES
from raceway.contracts import grammar


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_its_generator_writes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), (
        f"docs/reference/{name} is older than what it is written from: python -m raceway.console.reference_pages"
    )


@pytest.mark.parametrize("name", PAGES)
def test_every_row_of_a_generated_table_has_the_cells_of_its_head(name: str) -> None:
    cells = 0
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            cells = 0
            continue
        count = len(re.findall(r"(?<!\\)\|", line))
        cells = cells or count
        assert count == cells, line


def test_the_contract_language_names_every_key_that_a_contract_may_have() -> None:
    page = (PROJECT.root / "docs" / "reference" / "contract-language.md").read_text(encoding="utf-8")
    models = [
        model
        for model in vars(grammar).values()
        if isinstance(model, type) and issubclass(model, BaseModel) and not model.__name__.endswith("Contract")
    ]
    keys = {key for model in models for key in model.model_fields}
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()
