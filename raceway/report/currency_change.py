"""What exchange rates did to a change of money.

An account's amounts of a day are known in the reporting currency, and its rate of that day in `dim_fx_rate`; so the
amount in its own currency A is known, and with it the mean rate of a period. Per currency the reporting amount is
S = A · rate, and rates alone moved it by (A0 + A1) / 2 · (rate1 - rate0); a currency that is absent in one period takes
the other's rate and moved nothing. A measure is told only where the facts of the mart sum to it exactly: what they
leave out (costs of the plan, a fact whose older months are not kept) is not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Final

import duckdb

from raceway.report.context import has_table
from raceway.report.parts import Cell
from raceway.report.period_names import Period

_ADS: Final = "select source, account, day, channel, market, {} as amount from race.fct_reach_ads"
_ORDERS: Final = (
    "select source, account, order_date as day, channel, market, {} as amount "
    "from race.fct_convert_order where is_counted"
)
_MARGINS: Final = "select source, account, day, channel, market, {} as amount from race.fct_convert_margin"
# a refund of a sale that is not in the files belongs to the store of its account
_REFUNDS: Final = (
    "select refund.source, refund.account, refund.refund_date as day, coalesce(sold.channel, 'store') as channel, "
    "coalesce(sold.market, account.market) as market, {} as amount from race.fct_convert_refund as refund "
    "left join race.fct_convert_order as sold on refund.order_id = sold.order_id "
    "left join race.dim_source as account on refund.source = account.source and refund.account = account.account "
    "where refund.is_counted"
)


def _sales(orders: str, refunds: str) -> str:
    given_back = f"{_REFUNDS.format('-refund.refunded_sales')}{refunds}"
    return f"{_ORDERS.format('gross_sales - discounts')}{orders} union all {given_back}"


_FACTS: Final[Mapping[str, str]] = {
    "ad_spend": _ADS.format("cost"),
    "ad_spend_with_clicks": f"{_ADS.format('cost')} where clicks is not null",
    "ad_spend_with_purchase_value": f"{_ADS.format('cost')} where purchase_value is not null",
    "platform_purchase_value": f"{_ADS.format('purchase_value')} where purchase_value is not null",
    "gross_sales": _ORDERS.format("gross_sales"),
    "discounts": _ORDERS.format("discounts"),
    "refunded_sales": _REFUNDS.format("refund.refunded_sales"),
    "net_sales": _sales("", ""),
    "online_net_sales": _sales(" and sales_place = 'online'", " and sold.sales_place = 'online'"),
    "net_sales_identified": _sales(" and is_identified", " and sold.is_identified"),
    "net_sales_costed": f"{_MARGINS.format('net_sales')} where is_costed",
    "cost_of_goods": _MARGINS.format("coalesce(cost, 0)"),
    "gross_profit": f"{_MARGINS.format('net_sales - cost')} where is_costed",
}
"""The facts that a measure is the sum of, as int_reach_measures and int_convert_measures count it."""

Effects = dict[str, Fraction]
"""What rates alone moved a measure by, by currency."""


def currency_effects(
    connection: duckdb.DuckDBPyConnection,
    measures: Collection[str],
    before: Period,
    after: Period,
    cell: Cell,
    values: Mapping[str, tuple[Fraction, Fraction]],
) -> dict[str, Effects]:
    """By measure what exchange rates alone moved it by between two periods; `values` are the measures' own.

    A measure that no facts are known of, or whose facts do not sum to it, is not in it.
    """
    wanted = [measure for measure in measures if measure in _FACTS]
    if not wanted or not has_table(connection, "dim_fx_rate"):
        return {}
    ends = _ends(connection, before, after)
    if len(ends) < 2:
        return {}
    facts = " union all ".join(f"select '{measure}' as measure, * from ({_FACTS[measure]})" for measure in wanted)
    rows = connection.execute(
        f"""
        with facts as ({facts})
        select facts.measure, facts.day >= ?::date and facts.day <= ?::date as is_later, account.currency,
            sum(facts.amount)::varchar, sum(facts.amount / rates.rate)::decimal(38, 6)::varchar,
            count(*) = count(rates.rate)
        from facts
        left join race.dim_source as account on facts.source = account.source and facts.account = account.account
        left join race.dim_fx_rate as rates on account.currency = rates.currency and facts.day = rates.day
        where (facts.day between ?::date and ?::date or facts.day between ?::date and ?::date)
            and (? = 'all' or facts.channel = ?) and (? = 'all' or facts.market = ?)
        group by all
        order by all
        """,
        [*ends[1], *ends[0], *ends[1], cell[0], cell[0], cell[1], cell[1]],
    ).fetchall()
    found: dict[str, Effects] = {}
    for measure in wanted:
        of = [row[1:] for row in rows if row[0] == measure]
        sums = tuple(sum((Fraction(row[2]) for row in of if row[0] is later), Fraction(0)) for later in (False, True))
        if of and sums == values[measure]:
            found[measure] = _effects(of)
    return found


def _effects(rows: Iterable[tuple[bool, str, str, str | None, bool]]) -> Effects:
    reported: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    own: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for is_later, currency, amount, in_own, has_rates in rows:
        if has_rates and in_own is not None:  # the reporting currency has none
            reported[currency][is_later] += Fraction(amount)
            own[currency][is_later] += Fraction(in_own)
    effects = {}
    for currency, amounts in own.items():
        if all(amounts):
            rates = [reported[currency][at] / amounts[at] for at in (0, 1)]
            effects[currency] = (amounts[0] + amounts[1]) / 2 * (rates[1] - rates[0])
    return effects


def _ends(connection: duckdb.DuckDBPyConnection, *periods: Period) -> list[tuple[object, object]]:
    found = []
    for kind, start in periods:
        rows = connection.execute(
            "select period_start, period_end from race.race_kpi where period = ? and period_start = ? limit 1",
            [kind, start],
        ).fetchall()
        found += rows
    return found
