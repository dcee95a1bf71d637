"""Every check that can stand beside the numbers is a sentence with a remedy: no test's name, no bare expression."""

from __future__ import annotations

import re

import pytest

from raceway.build.claims import claim, key_columns, remedy, says_itself
from raceway.build.parsed_project import SimpleTest, keys_of, parsed_project, relations, simple_test
from raceway.common.home import PROJECT
from raceway.contracts.load import load_contracts
from raceway.gate.landing_suites import all_suites
from raceway.report.phrases import in_vietnamese

CODE = re.compile(r"[<>]|!=|\bis (not )?null\b|\w+\(|\bexpression\b|__")
"""What no sentence holds."""


@pytest.fixture(scope="module")
def tests(tmp_path_factory: pytest.TempPathFactory) -> list[SimpleTest]:
    folder = tmp_path_factory.mktemp("claims")
    where = [
        "--project-dir", str(PROJECT.dbt_project), "--profiles-dir", str(PROJECT.profiles), "--quiet",
        "--target-path", str(folder / "target"), "--log-path", str(folder / "log"), "--no-write-json",
        "--no-send-anonymous-usage-stats",
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RACEWAY_WAREHOUSE", str(folder / "warehouse.duckdb"))
        manifest = parsed_project([PROJECT.dbt_project, PROJECT.profiles], where)
    keys, tables = keys_of(manifest), relations(manifest)
    nodes = [node for node in manifest.nodes.values() if node.resource_type == "test"]
    for node in nodes:
        node.compiled_code = node.compiled_code or ""
    return [simple_test(node, keys, tables) for node in nodes]


def test_every_dbt_test_is_a_sentence_with_a_remedy(tests: list[SimpleTest]) -> None:
    assert len(tests) > 400
    no_sentence = [test.name for test in tests if not says_itself(test)]
    assert no_sentence == [], "write a description into the yml beside each"
    for test in tests:
        said, then = claim(test), remedy(test)
        assert not CODE.search(said), f"{test.name}: {said}"
        assert len(said.split()) >= 4, f"{test.name}: {said}"
        assert said.replace(" ", "_") != test.name
        assert len(then.split()) >= 4, f"{test.name}: {then}"
        assert said[-1] not in ".:;"
        assert then[-1] not in ".:;"


def test_every_dbt_test_says_itself_in_vietnamese_too(tests: list[SimpleTest]) -> None:
    said = {claim(test): test.name for test in tests} | {remedy(test): test.name for test in tests}
    missing = {phrase: name for phrase, name in said.items() if not in_vietnamese(phrase)}
    assert missing == {}, "write each into raceway/report/phrases.csv"


def test_a_warning_of_ours_says_what_to_do_about_itself(tests: list[SimpleTest]) -> None:
    assert [test.name for test in tests if test.severity == "warn" and not test.remedy] == []


def test_what_breaks_a_rule_about_a_table_is_named_by_its_key(tests: list[SimpleTest]) -> None:
    [deals] = [test for test in tests if test.subject == "fct_convert_deal" and test.severity == "warn"]
    assert claim(deals) == "a deal that is closed was not closed before the day it was created"
    assert key_columns(deals) == ["is_closed", "closed_on", "created_on", "deal_id"]
    nameless = [test.name for test in tests if test.kind and test.subject.startswith("fct_") and not test.key]
    assert nameless == []


@pytest.mark.parametrize(
    ("kind", "arguments", "sentence"),
    [
        ("not_null", {"column_name": "order_id"}, "every row of convert order states its order id"),
        ("unique", {"column_name": "order_id"}, "each order id of convert order stands in one row"),
        ("unique_combination", {"columns": ["source", "account", "day"]},
         "source, account and day together name one row of convert order"),
        ("accepted_values", {"column_name": "sales_place", "values": ["online", "offline"]},
         "sales place of convert order is one of online, offline"),
        ("accepted_values", {"column_name": "stage", "values": "{{ var('stages') }}"},
         "stage of convert order is one of plan, reach"),
        ("relationships", {"column_name": "channel", "to": "ref('channels')", "field": "channel"},
         "each channel of convert order stands in channels"),
        ("relationships", {"column_name": "first_order_id", "to": 'ref("fct_convert_order")', "field": "order_id"},
         "each first order id of convert order stands in convert order as order id"),
        ("expression_is_true", {"column_name": "cost", "expression": ">= 0"}, "cost of convert order is 0 or more"),
        ("expression_is_true", {"column_name": "conversions", "expression": "between 0 and persons"},
         "conversions of convert order lies between 0 and persons"),
    ],
)  # fmt: skip
def test_the_usual_tests_are_worded_from_table_and_column(
    kind: str, arguments: dict[str, object], sentence: str
) -> None:
    select = "select stage from x where stage not in (\n    'plan','reach'\n)"
    test = SimpleTest("t", "fct_convert_order", "", "error", "models/facts", [], select, kind, "", arguments, "x")
    assert says_itself(test)
    assert claim(test) == sentence


def test_an_expression_without_a_description_is_known_as_no_sentence() -> None:
    bare = SimpleTest("t", "fct_x", "", "warn", "models", [], "", "expression_is_true", "", {"expression": "a >= b"})
    assert not says_itself(bare)
    assert not says_itself(SimpleTest("some_name", "fct_x", "", "warn", "tests", [], ""))


def test_every_expectation_is_a_sentence() -> None:
    conditions = {rule.condition for contract in load_contracts().values() for table in contract.tables
                  for rule in table.meta.rules}  # fmt: skip
    for suite in all_suites():
        for expectation in suite.expectations:
            said = expectation.sentence
            assert said not in conditions
            assert not CODE.search(said), f"{suite.name}: {said}"
            assert len(said.split()) >= 4, f"{suite.name}: {said}"


def test_every_check_of_its_own_has_its_sentence_in_one_place() -> None:
    folder = PROJECT.dbt_project / "tests"
    told = re.findall(r"- name: (\w+)", (folder / "_tests.yml").read_text(encoding="utf-8"))
    assert told == sorted(file.stem for file in folder.glob("*.sql"))
