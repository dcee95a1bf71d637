"""What a dbt test says in words: its claim, what to do where it does not hold, and the select of the broken rows.

A test of the house says so itself, in the yml beside it (`description`, and `config.meta.remedy`). For dbt's own kinds
the sentence follows from table and column:

    not_null              every row of convert order states its order id
    unique                each order id of convert order stands in one row
    relationships         each channel of convert order stands in channels
    expression_is_true    cost of reach ads is 0 or more
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from raceway.build.parsed_project import SimpleTest

_COMPARED: Final = {
    ">=": "{} or more",
    "<=": "{} or less",
    ">": "more than {}",
    "<": "less than {}",
    "=": "{}",
    "<>": "other than {}",
}
_LAYERS: Final = re.compile(r"^(fct|int|stg|dim)_")


def claim(test: SimpleTest) -> str:
    """What must hold, as a sentence without its full stop."""
    if test.claim:
        return re.sub(r"\s+", " ", test.claim).strip().removesuffix(".")
    said = _CLAIMS.get(test.kind)
    return said(test, _in_words(test.subject)) if said else test.name.replace("_", " ")


def says_itself(test: SimpleTest) -> bool:
    """Whether the claim is a sentence; else it is no more than the test's name or its expression in words."""
    if test.claim or test.kind in {"not_null", "unique", "unique_combination", "accepted_values", "relationships"}:
        return True
    return test.kind == "expression_is_true" and _compared(test.arguments) is not None


def remedy(test: SimpleTest) -> str:
    """What to do about the rows that break a test, without its full stop."""
    if test.remedy:
        return re.sub(r"\s+", " ", test.remedy).strip().removesuffix(".")
    if test.folder == "seeds":
        return f"mend these lines of seeds/{test.subject}.csv"
    if test.severity == "warn":
        return "the numbers are published all the same; mend these rows at their source and export them again"
    if not test.kind:
        return (
            "nothing is published until it holds; this is no fault of the files, so report this sentence with its rows "
            "and go on with the published version"
        )
    return (
        "nothing is published until it holds: find the export behind these rows and take it out "
        "(raceway reject BATCH); where the export is right, report this sentence with its rows"
    )


def broken_rows(test: SimpleTest) -> str:
    """The select of whole rows that break a test. dbt's own selects give their values alone."""
    column = test.arguments.get("column_name")
    if not test.relation:
        return test.select
    rows = f"select * from {test.relation} as whole"
    if test.kind == "not_null":
        return f"{rows} where {column} is null"
    values = {"unique": "unique_field", "accepted_values": "value_field", "relationships": "from_field"}.get(test.kind)
    if values:
        return f"{rows} where {column} in (select {values} from (\n{test.select}\n))"
    if test.kind == "unique_combination":
        same = " and ".join(f"whole.{key} is not distinct from twice.{key}" for key in test.arguments["columns"])
        return f"{rows} where exists (select 1 from (\n{test.select}\n) as twice where {same})"
    return test.select


def key_columns(test: SimpleTest) -> list[str]:
    """The columns by which an example of a broken row is named: what the claim is about, and what names a row."""
    if test.kind == "expression_is_true":
        text = f"{test.arguments.get('column_name') or ''} {test.arguments['expression']}"
        words = re.findall(r"[a-z_][a-z0-9_]*", re.sub(r"'[^']*'", "", text))
        about = [word for word in words if not _SQL.fullmatch(word)]
    else:
        about = [str(test.arguments["column_name"])] if test.arguments.get("column_name") else []
    if test.kind == "not_null":
        about = []  # it is empty
    return list(dict.fromkeys([*about, *test.key, *test.arguments.get("columns", [])]))


_SQL: Final = re.compile("and|or|not|is|null|between|true|false|in|case|when|then|else|end")


def total_rows(test: SimpleTest) -> str | None:
    """The select of how many rows the table has, of which some break the test; None where it is about several."""
    return f"select count(*) from {test.relation}" if test.relation else None


def _in_words(identifier: str) -> str:
    return re.sub(r"[_.]+", " ", _LAYERS.sub("", identifier)).strip()


def _listed(columns: Sequence[str]) -> str:
    words = [_in_words(column) for column in columns]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _compared(arguments: Mapping[str, Any]) -> str | None:
    """An expression about one column in words: `between 0 and 1`, `>= 0`."""
    text = str(arguments.get("expression", "")).strip()
    between = re.fullmatch(r"between (\w+) and (\w+)", text)
    if not arguments.get("column_name"):
        return None
    if between:
        return f"lies between {_in_words(between[1])} and {_in_words(between[2])}"
    compared = re.fullmatch(r"(>=|<=|<>|>|<|=) (\w+)", text)
    return f"is {_COMPARED[compared[1]].format(_in_words(compared[2]))}" if compared else None


def _expression(test: SimpleTest, table: str) -> str:
    said, column = _compared(test.arguments), test.arguments.get("column_name")
    if said is not None:
        return f"{_in_words(str(column))} of {table} {said}"
    return f"every row of {table} meets {column or ''} {test.arguments['expression']}"


def _related(test: SimpleTest, table: str) -> str:
    of = re.search(r"""ref\(\s*['"](\w+)['"]""", str(test.arguments["to"]))
    column, field = _in_words(test.arguments["column_name"]), _in_words(test.arguments["field"])
    known_as = "" if field == column else f" as {field}"
    return f"each {column} of {table} stands in {_in_words(of[1]) if of else test.arguments['to']}{known_as}"


def _accepted(test: SimpleTest, table: str) -> str:
    values = test.arguments["values"]
    if isinstance(values, str):  # a variable of the project: dbt has written its values into the select
        values = re.findall(r"'([^']*)'", test.select.rpartition("not in")[2])
    return f"{_in_words(test.arguments['column_name'])} of {table} is one of {', '.join(map(str, values))}"


_CLAIMS: Final[Mapping[str, Callable[[SimpleTest, str], str]]] = {
    "not_null": lambda test, table: f"every row of {table} states its {_in_words(test.arguments['column_name'])}",
    "unique": lambda test, table: f"each {_in_words(test.arguments['column_name'])} of {table} stands in one row",
    "unique_combination": lambda test, table: f"{_listed(test.arguments['columns'])} together name one row of {table}",
    "accepted_values": _accepted,
    "relationships": _related,
    "expression_is_true": _expression,
}
