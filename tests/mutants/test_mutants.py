"""The mutants still mean this code: each stands in one place, and the tests that it names exist.

Whether the tests find them is tried by `make mutants`, which takes its time.
"""

from __future__ import annotations

import ast

import pytest

from tests.mutants.mutants import MUTANTS, PACKAGE, Mutant
from tests.mutants.run import ROOT, amiss, files_with


def test_mutants_have_names_of_their_own_and_there_are_thirty_and_more() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30
    assert len({(mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_stands_in_one_place_and_its_tests_exist(mutant: Mutant) -> None:
    assert amiss(ROOT, mutant) == ""
    assert mutant.old != mutant.new
    assert mutant.tests
    if mutant.kind == PACKAGE:  # what is no Python would fail any test
        [path] = files_with(ROOT, mutant)
        ast.parse(path.read_text(encoding="utf-8").replace(mutant.old, mutant.new))
