"""Which tables of the warehouse analysts get, and how each is laid out when it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb

MARTS: Final = (
    "race_kpi", "race_measure", "kpi_catalog", "measure_catalog", "osa_review", "identity_link",
    "identity_left_out", "customer_360", "cohort_retention",
)  # fmt: skip
"""Published beside all facts (`fct_…`) and dimensions (`dim_…`)."""

# The column that dates a table's rows: Parquet is cut into its months, race.duckdb holds the recent ones.
# A table that is not named here, or has none of its own (a state like a subscriber), is published whole.
_DATED_BY: Final = {
    "race_kpi": "period_start",
    "race_measure": "period_start",
    "fct_plan_budget": "day",
    "fct_plan_cost": "day",
    "fct_reach_ads": "day",
    "fct_reach_ads_detail": "first_day",
    "fct_reach_keyword": "day",
    "fct_reach_search": "day",
    "fct_reach_brand_search": "day",
    "fct_reach_domain_authority": "day",
    "fct_reach_session": "day",
    "fct_reach_sessions_reconciled": "period_end",
    "fct_reach_email_campaign": "day",
    "fct_reach_affiliate": "day",
    "fct_act_cart": "day",
    "fct_act_usability_task": "day",
    "fct_act_lead": "became_lead_on",
    "fct_act_login": "day",
    "fct_convert_order": "order_date",
    "fct_convert_order_line": "order_date",
    "fct_convert_refund": "refund_date",
    "fct_convert_attribution": "order_date",
    "fct_convert_attribution_claims": "day",
    "fct_convert_margin": "day",
    "fct_convert_exposure": "day",
    "fct_convert_market_sales": "day",
    "fct_plan_market": "month",
    "fct_engage_repeat_order": "order_date",
    "fct_engage_ticket": "day",
    "fct_engage_csat_answer": "day",
    "fct_engage_usage": "day",
    "fct_engage_email_activity": "day",
    "fct_engage_customer_value": "month_end",
    "fct_advocacy_nps_answer": "day",
    "fct_advocacy_nps_invitation": "day",
    "fct_engage_loyalty_posting": "day",
    "fct_advocacy_referral": "day",
    "fct_advocacy_review": "day",
}


@dataclass(frozen=True)
class MartTable:
    """A table of the warehouse that is published."""

    name: str
    dated_by: str | None
    """Its date column, None where it is published as one file."""

    @property
    def is_fact(self) -> bool:
        """Whether race.duckdb holds only its recent months."""
        return self.name.startswith("fct_")


def mart_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[MartTable]:
    """The published tables that the warehouse attached as `catalog` has, by name.

    Marts, facts and dimensions; never `identity_person`, which maps hashed personal data and stays.
    """
    rows = connection.execute(
        """
        select table_name from information_schema.tables
        where table_catalog = ? and table_schema = 'main'
            and (table_name = any(?) or starts_with(table_name, 'fct_') or starts_with(table_name, 'dim_'))
        order by table_name
        """,
        [catalog, list(MARTS)],
    ).fetchall()
    return [MartTable(name, _DATED_BY.get(name)) for (name,) in rows]
