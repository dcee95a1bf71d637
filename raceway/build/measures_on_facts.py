"""Which measures are a sum or count of one published fact, read from the models that compute them.

`models/measures/daily/int_<stage>_measures.sql` holds the only definition of every daily measure: an aggregate over a
fact. Where the select behind a measure reads one fact row by row, the same aggregate can be asked of the published
fact, with the fact's other columns to slice it by. What joins several facts, or reads a model that is not published,
cannot; it is named with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import jinja2
import sqlglot
from sqlglot import exp

from raceway.common.home import PROJECT
from raceway.common.stages import RACE_STAGES

_MODELS: Final = PROJECT.dbt_project / "models" / "measures" / "daily"
_PLACES: Final = ("day", "channel", "market")


@dataclass(frozen=True)
class OnFact:
    """One aggregate over the rows of one published fact."""

    fact: str
    day: str
    """The column that dates a row."""
    channel: str
    """Column or constant ('email'); empty: the measure has no channels."""
    market: str
    """The same for the market."""
    aggregate: str
    """MetricFlow's word: sum, count_distinct or percentile."""
    expression: str
    """What is aggregated, in SQL over the fact's columns."""
    where: str = ""
    """Which rows count, by the fact's columns; empty: all."""
    joined: str = ""
    """Which rows count by what another fact says of them, as a filter of MetricFlow; empty: all."""


_ORDER_ONLINE: Final = "{{ Dimension('convert_order__sales_place') }} = 'online'"
_ORDER_IDENTIFIED: Final = "{{ Dimension('convert_order__is_identified') }}"
_VISITOR: Final = OnFact("fct_reach_session", "day", "channel", "market", "count_distinct", "person_id")
_BUYER: Final = OnFact(
    "fct_convert_order", "order_date", "channel", "market", "count_distinct", "person_id", where="is_counted"
)
_USER: Final = OnFact("fct_engage_usage", "day", "", "market", "count_distinct", "person_id")
_LINE: Final = OnFact("fct_convert_margin", "day", "channel", "market", "sum", "net_sales")
_LOAD: Final = OnFact("fct_act_page_speed", "day", "channel", "market", "percentile", "cast(value as double)")

# what the daily models do not say of one fact, and another fact does: persons are counted and medians taken in the
# windows, refunds stand at their sale's channel through two joins, and the fact of tickets is built after their stage.
# The test of all KPIs' cells holds each of them to race_kpi.
_BY_HAND: Final[Mapping[str, OnFact]] = {
    "net_sales": _LINE,
    "online_net_sales": replace(_LINE, joined=_ORDER_ONLINE),
    "net_sales_identified": replace(_LINE, joined=_ORDER_IDENTIFIED),
    "onboarding_tickets": OnFact("fct_engage_ticket", "day", "", "market", "sum", "1", where="is_onboarding"),
    "visitors": _VISITOR,
    "interacting_visitors": replace(_VISITOR, where="has_interaction"),
    "customers_purchasing": _BUYER,
    "returning_customers": replace(_BUYER, where="is_counted and order_number > 1"),
    "active_users": _USER,
    "active_users_with_seconds": replace(_USER, where="seconds is not null"),
    "days_between_orders": OnFact(
        "fct_convert_order", "order_date", "channel", "market", "percentile",
        "cast(greatest(date_diff('day', previous_order_date, order_date), 0) as double)",
        where="previous_order_date is not null",
    ),
    "lcp_p75": replace(_LOAD, where="metric = 'LCP'"),
    "inp_p75": replace(_LOAD, where="metric = 'INP'"),
    "cls_p75": replace(_LOAD, where="metric = 'CLS'"),
    "review_response_time": OnFact(
        "fct_advocacy_review", "day", "", "market", "percentile", "cast(response_hours as double)"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class ReadMeasures:
    """What the models tell of the daily measures."""

    on_facts: Mapping[str, tuple[OnFact, ...]]
    """By measure; one of several facts is the sum of their parts."""
    elsewhere: Mapping[str, str]
    """Of the others why not, by measure."""


class _NotOneFactError(Exception):
    """A select that is no aggregate over the rows of one published fact; says why."""


@dataclass(frozen=True)
class _Rows:
    """A fact's rows as a select gives them: each column in terms of the fact's own."""

    fact: str
    columns: Mapping[str, exp.Expression] | None
    """None: the fact's columns under their own names."""
    where: tuple[exp.Expression, ...] = ()


def read_measures() -> ReadMeasures:
    """Reads the models of all stages. Raises jinja2's or sqlglot's own error where a model is no such SQL."""
    on_facts: dict[str, tuple[OnFact, ...]] = {}
    elsewhere: dict[str, str] = {}
    for stage in RACE_STAGES:
        text = (_MODELS / f"int_{stage}_measures.sql").read_text(encoding="utf-8")
        listed, ctes = _parsed(text)
        for relation, measures in listed:
            for measure in measures:
                try:
                    on_facts[measure] = tuple(_on_facts(relation, measure, ctes))
                except _NotOneFactError as why:
                    elsewhere[measure] = str(why)
    on_facts |= {measure: (of,) for measure, of in _BY_HAND.items()}
    return ReadMeasures(on_facts, {name: why for name, why in elsewhere.items() if name not in on_facts})


def _parsed(text: str) -> tuple[list[tuple[str, list[str]]], dict[str, exp.Expression]]:
    """The measures that a model takes from each of its CTEs, and the CTEs by name."""
    listed: list[tuple[str, list[str]]] = []

    def measures_from(relation: str, measures: Sequence[str]) -> str:
        listed.append((relation, list(measures)))
        return f"select * from {relation}"

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701  # it is SQL
    sql = environment.from_string(text).render(
        ref=str, source=lambda source, table: f"{source}__{table}", measures_from=measures_from
    )
    tree = sqlglot.parse_one(sql, read="duckdb")
    return listed, {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}


def _on_facts(relation: str, measure: str, ctes: Mapping[str, exp.Expression]) -> Iterator[OnFact]:
    select = ctes.get(relation)
    if not isinstance(select, exp.Select):
        raise _NotOneFactError(f"`{relation}` is a model of its own")
    selected = {column.alias_or_name: _unaliased(column) for column in select.expressions}
    base, *_ = _tables(select)
    if measure not in selected:
        raise _NotOneFactError(f"it reads `{base.name}`, which is not published")
    aggregate = selected[measure]
    needed = [
        *_columns(aggregate),
        *_columns(*(selected[place] for place in _PLACES)),
        *_columns(select.args.get("where")),
    ]
    _refuse_joined(select, base, needed, ctes)
    for rows in _rows(base.name, ctes):
        yield _of(rows, selected, aggregate, select.args.get("where"))


def _of(rows: _Rows, selected: Mapping[str, exp.Expression], aggregate: exp.Expression, where: Any) -> OnFact:
    places = {place: _text(_in_fact(selected[place], rows)) for place in _PLACES}
    kind, inner = _aggregated(aggregate)
    conditions = [*rows.where, *([_in_fact(where.this, rows)] if where else [])]
    return OnFact(
        fact=rows.fact,
        day=places["day"],
        channel="" if _is_null(places["channel"]) else places["channel"],
        market="" if _is_null(places["market"]) else places["market"],
        aggregate=kind,
        expression=_text(_in_fact(inner, rows)),
        where=" and ".join(_text(condition) for condition in conditions),
    )


def _aggregated(aggregate: exp.Expression) -> tuple[str, exp.Expression]:
    """MetricFlow's word and what is aggregated. A count is a sum of ones, so that it adds up as all counts do."""
    if isinstance(aggregate, exp.Sum):
        return "sum", aggregate.this
    if isinstance(aggregate, exp.Count):
        counted = aggregate.this
        if isinstance(counted, exp.Distinct):
            return "count_distinct", counted.expressions[0]
        if isinstance(counted, exp.Star):
            return "sum", exp.Literal.number(1)
        told = exp.Not(this=exp.Is(this=counted.copy(), expression=exp.Null()))
        return "sum", exp.Case(ifs=[exp.If(this=told, true=exp.Literal.number(1))])
    raise _NotOneFactError(f"`{_text(aggregate)}` is neither sum nor count")


def _rows(name: str, ctes: Mapping[str, exp.Expression]) -> Iterator[_Rows]:
    """The facts' rows behind a CTE: one fact's, or those of several under each other."""
    select = ctes.get(name)
    if select is None:
        if not name.startswith("fct_"):
            raise _NotOneFactError(f"it reads `{name}`, which is not published")
        yield _Rows(name, None)
    elif isinstance(select, exp.Union):
        for branch in _branches(select):
            yield from _rows_of(branch, ctes)
    elif isinstance(select, exp.Select):
        yield from _rows_of(select, ctes)


def _rows_of(select: exp.Select, ctes: Mapping[str, exp.Expression]) -> Iterator[_Rows]:
    base, *joined = _tables(select)
    if joined or select.args.get("group") or select.args.get("distinct"):
        raise _NotOneFactError(_together([base, *joined], ctes))
    for below in _rows(base.name, ctes):
        if any(isinstance(column, exp.Star) for column in select.expressions):
            columns = below.columns
        else:
            columns = {c.alias_or_name: _in_fact(_unaliased(c), below) for c in select.expressions}
        where = select.args.get("where")
        yield replace(below, columns=columns, where=(*below.where, *([_in_fact(where.this, below)] if where else [])))


def _refuse_joined(
    select: exp.Select, base: exp.Table, needed: Sequence[exp.Column], ctes: Mapping[str, exp.Expression]
) -> None:
    """A row that is looked up beside the fact does no harm to what does not use it; any other join may."""
    for join in select.args.get("joins") or []:
        used = any(column.table == join.this.alias_or_name for column in needed)
        if used or str(join.side).lower() != "left":
            raise _NotOneFactError(_together([base, join.this], ctes))


def _together(tables: Sequence[exp.Table], ctes: Mapping[str, exp.Expression]) -> str:
    names = dict.fromkeys(name for table in tables for name in _read_by(table.name, ctes))
    if len(names) == 1:
        return f"its rows are made of several rows of `{next(iter(names))}`"
    return f"its rows are made of {', '.join(f'`{name}`' for name in names)} together"


def _read_by(name: str, ctes: Mapping[str, exp.Expression]) -> Iterator[str]:
    """The models and sources that a CTE reads in the end."""
    if name not in ctes:
        yield name
        return
    for table in ctes[name].find_all(exp.Table):
        if table.name == name:  # a CTE that has its model's name
            yield name
        else:
            yield from _read_by(table.name, ctes)


def _tables(select: exp.Select) -> list[exp.Table]:
    from_clause = select.args.get("from_") or select.args["from"]
    return [from_clause.this, *(join.this for join in select.args.get("joins") or [])]


def _branches(union: exp.Expression) -> Iterator[exp.Select]:
    for side in (union.this, union.expression):
        if isinstance(side, exp.Union):
            yield from _branches(side)
        else:
            yield side


def _in_fact(expression: exp.Expression, rows: _Rows) -> exp.Expression:
    """An expression in terms of the fact's own columns, without the names of tables."""

    def own(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column):
            if rows.columns is None:
                return exp.column(node.name)
            return rows.columns[node.name].copy()
        return node

    return expression.copy().transform(own)


def _columns(*expressions: exp.Expression | None) -> list[exp.Column]:
    return [column for one in expressions if one is not None for column in one.find_all(exp.Column)]


def _unaliased(column: exp.Expression) -> exp.Expression:
    return column.this if isinstance(column, exp.Alias) else column


def _is_null(text: str) -> bool:
    return text.lower().startswith("cast(null")


def _text(expression: exp.Expression) -> str:
    return expression.sql(dialect="duckdb", normalize_functions="lower", comments=False)
