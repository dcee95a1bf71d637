"""What hangs on an account: the money that its rows bring a day, and the leading KPIs that its source feeds.

Sales and costs are means over the 28 days before the mart's day, from the published facts; so they say what stops
being known when the account's files stay away.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import duckdb

from raceway.alerts.points import Place
from raceway.common.home import Home
from raceway.common.kpi_formula import terms
from raceway.common.measure_tables import measure_tables
from raceway.publish.version import published_version

DAYS: Final = 28

_FACT: Final = re.compile(r"fct_([a-z]+)_")

_MONEY: Final = """
    select 'sales' as what, source, account, sum(net_sales) / $days as a_day
    from fct_convert_order
    where is_counted and order_date >= $since and order_date < $until
    group by all
    union all
    select 'cost', source, account, sum(cost) / $days
    from fct_reach_ads
    where day >= $since and day < $until
    group by all
"""


@dataclass(frozen=True)
class Stake:
    """What hangs on one account (or, without an account, on a source)."""

    money: dict[str, Decimal] = field(default_factory=dict)
    """A day, in the reporting currency, by what it is: sales or cost."""
    kpis: tuple[str, ...] = ()
    """Names of leading KPIs."""

    @property
    def total(self) -> Decimal:
        """All its money a day: what is larger is told first."""
        return sum(self.money.values(), Decimal(0))


class Stakes:
    """Looks up what hangs on an account; knows nothing before the first publish."""

    def __init__(self, home: Home, language: str) -> None:
        self._money: dict[tuple[str, str], dict[str, Decimal]] = {}
        self._kpis: list[tuple[str, str, frozenset[str]]] = []
        version = published_version(home)
        if version is None:
            return
        name = "name_vi" if language == "vi" else "name"
        try:
            with duckdb.connect(str(version.database), read_only=True) as connection:
                since = {"since": version.as_of - dt.timedelta(days=DAYS), "until": version.as_of, "days": DAYS}
                for what, source, account, a_day in connection.execute(_MONEY, since).fetchall():
                    if a_day:
                        self._money.setdefault((source, account), {})[what] = Decimal(a_day)
                leading = connection.execute(
                    f"select catalog.{name}, catalog.stage, catalog.numerator, catalog.denominator"
                    " from kpi_catalog as catalog where catalog.leading::integer = 1"
                ).fetchall()
        except duckdb.Error:  # a mart of another version: the message goes without
            return
        self._kpis = [
            (kpi, stage, _sources(numerator, denominator or "")) for kpi, stage, numerator, denominator in leading
        ]

    def of(self, place: Place, model: str = "") -> Stake:
        """What hangs on a place; of a check without one, the KPIs of the stage whose fact it is about."""
        if not place.source:
            fact = _FACT.match(model)
            return Stake(kpis=tuple(kpi for kpi, stage, _ in self._kpis if fact and fact[1] == stage))
        money: dict[str, Decimal] = {}
        for (source, account), amounts in self._money.items():
            if source == place.source and place.account in ("", account):
                for what, a_day in amounts.items():
                    money[what] = money.get(what, Decimal(0)) + a_day
        return Stake(money, tuple(kpi for kpi, _, sources in self._kpis if place.source in sources))


@functools.cache
def _sources(numerator: str, denominator: str) -> frozenset[str]:
    measures = {measure for side in (numerator, denominator) for measure, _ in terms(side)}
    return frozenset(source for measure in measures for source, _ in measure_tables().get(measure, ()))
