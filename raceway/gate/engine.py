"""Great Expectations on DuckDB: one suite asked of one table or file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

import duckdb

from raceway.gate.counting import count_breaks, counted_rows
from raceway.history.records import Check

_EXAMPLES: Final = 5
"""How many of the rows that break an expectation are named."""


@cache
def _asset() -> Any:
    """One query asset for the whole process: adding one costs GX more than asking it."""
    import raceway.gate.gx_duckdb  # noqa: F401, I001  # registers the source, and must come before GX itself
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # nothing on disk (GX would make a temporary folder for docs), no progress bars in the log
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )
    source = context.data_sources.add_duckdb("parquet", connection_string="duckdb:///:memory:")
    asset = source.add_query_asset("rows", query="select 1")
    asset.add_batch_definition_whole_table("all")
    return asset


def validate(
    suite: Mapping[str, Any], query: str, parameters: Mapping[str, Any], row_column: str | None
) -> list[Check]:
    """Runs a suite over a query; one Check per expectation, in the suite's order.

    GX is asked twice: first only whether each expectation holds, which is all that most batches need and takes
    half the time, then about those that do not, for the rows that break them.
    """
    expectations = suite["expectations"]
    held = {
        result.expectation_config.meta["name"]: bool(result.success)
        for result in _ask(suite, expectations, query, parameters, {"result_format": "BOOLEAN_ONLY"})
    }
    broken = [expectation for expectation in expectations if not held[expectation["meta"]["name"]]]
    observed = {expectation["meta"]["name"]: "" for expectation in broken}
    observed |= _failed(suite, broken, query, parameters, row_column) if broken else {}
    return [_check(suite["meta"]["subject"], expectation, observed) for expectation in expectations]


def validate_batch(
    suite: Mapping[str, Any], query: str, parameters: Mapping[str, Any], row_column: str | None
) -> list[Check]:
    """As `validate`, at a tenth of its cost where every expectation holds, as in most batches.

    DuckDB counts what breaks each expectation, and GX judges the counts: one row for each, none of which may be
    other than 0. Where one is, it is put to GX itself, whose word and examples count.
    """
    counts = count_breaks(_duckdb(), suite, query, parameters)
    judged = _ask(_COUNTED, _COUNTED["expectations"], counted_rows(counts), {}, {"result_format": "BOOLEAN_ONLY"})
    if all(result.success for result in judged):
        return [_check(suite["meta"]["subject"], expectation, {}) for expectation in suite["expectations"]]
    doubtful = [e for e in suite["expectations"] if counts[e["meta"]["name"]] != 0]
    failed = _failed(suite, doubtful or suite["expectations"], query, parameters, row_column)
    return [_check(suite["meta"]["subject"], expectation, failed) for expectation in suite["expectations"]]


_COUNTED: Final[Mapping[str, Any]] = {
    "name": "counted",
    "id": None,
    "expectations": [
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": "select * from {batch} where breaks is distinct from 0"},
            "severity": "critical",
        }
    ],
}
"""What must hold of the counts of a batch."""


def _failed(
    suite: Mapping[str, Any], expectations: list[Any], query: str, parameters: Mapping[str, Any], row_column: str | None
) -> dict[str, str]:
    """By name, the expectations that do not hold, with what GX observed."""
    details = {"result_format": "SUMMARY", "partial_unexpected_count": _EXAMPLES} | (
        {"unexpected_index_column_names": [row_column]} if row_column else {}
    )
    return {
        result.expectation_config.meta["name"]: _observed(result, query, row_column)
        for result in _ask(suite, expectations, query, parameters, details)
        if not result.success
    }


def _ask(
    suite: Mapping[str, Any],
    expectations: list[Any],
    query: str,
    parameters: Mapping[str, Any],
    result_format: Mapping[str, Any],
) -> list[Any]:
    """GX's results for some expectations of a suite over the rows of a query."""
    import great_expectations as gx

    asset = _asset()
    asset.query = query
    batch = asset.get_batch_definition("all").get_batch()
    asked = gx.ExpectationSuite(name=suite["name"], expectations=expectations, id=suite["id"])
    results: list[Any] = batch.validate(
        asked, result_format=dict(result_format), expectation_parameters=dict(parameters)
    ).results
    return results


def _check(subject: str, expectation: Mapping[str, Any], observed: Mapping[str, str]) -> Check:
    """One expectation as a Check; `observed` says by name what was found of those that do not hold."""
    name, sentence = expectation["meta"]["name"], expectation["description"]
    found = observed.get(name, "")
    return Check(
        name=name,
        kind="expectation",
        severity=expectation["severity"],
        passed=name not in observed,
        subject=subject,
        observed=found,
        expected=sentence,
        message=f"{subject}: {sentence}" + (f"; {found}" if name in observed else ""),
    )


def _observed(answer: Any, query: str, row_column: str | None) -> str:
    """What GX saw where an expectation does not hold: a share of rows with examples, else the observed value."""
    said = _exception(answer.exception_info)
    if said:
        return said
    result = answer.result
    if "unexpected_rows_query" in answer.expectation_config.kwargs:
        broken = answer.expectation_config.kwargs["unexpected_rows_query"].format(batch=f"({query})")
        return _broken_rows(int(result["observed_value"]), broken, row_column)
    if "unexpected_count" not in result:
        value = result.get("observed_value")
        return f"{value} rows found" if isinstance(value, int) else f"found {_text(value)}"
    rows = result.get("partial_unexpected_index_list") or []
    if row_column and rows:
        examples = [
            f"row {row[row_column]}: " + ", ".join(_text(value) for name, value in row.items() if name != row_column)
            for row in rows
        ]
    else:
        examples = [_text(value) for value in result.get("partial_unexpected_list") or []]
    count = result["unexpected_count"] or 0
    return f"{count} of {result['element_count']} rows break it ({_some(examples, count)})"


def _broken_rows(count: int, query: str, row_column: str | None) -> str:
    """How many rows break a rule, with the first of them."""
    order = f" order by {row_column}" if row_column else ""
    cursor = _duckdb().execute(f"from ({query}){order} limit {_EXAMPLES}")
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    examples = [
        f"row {row[row_column]}" if row_column else ", ".join(_text(value) for value in list(row.values())[:7])
        for row in rows
    ]
    return f"{count} {'row breaks' if count == 1 else 'rows break'} it ({_some(examples, count)})"


def _some(examples: list[str], count: int) -> str:
    shown = examples[:_EXAMPLES]
    return "; ".join([*shown, "…"] if count > len(shown) else shown)


def _exception(info: Mapping[str, Any]) -> str:
    """Why an expectation could not be evaluated; empty where it was. GX nests this by metric, or does not."""
    parts = [info] if "raised_exception" in info else list(info.values())
    messages = [str(part.get("exception_message")) for part in parts if part.get("raised_exception")]
    return f"no answer: {messages[0].strip().splitlines()[0]}" if messages else ""


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    text = "empty" if value is None else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    """One connection in memory for small questions about Parquet files: opening one takes 50 ms."""
    return duckdb.connect()
