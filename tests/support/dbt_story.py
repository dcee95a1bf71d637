"""A warehouse built by dbt from a few rows written by hand.

`Story` collects accounts, settings and batches, writes them as the freeze would (schema `frozen` and
Parquet files), builds the project in this process and answers queries on the result.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from raceway.build.dbt_run import say_little
from raceway.build.parsed_project import night_project, parsed_project
from raceway.build.simple_tests import Answer, ask, due_tests

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Path(os.environ.get("RACEWAY_DBT_PROJECT", ROOT / "dbt_project"))

SETTINGS = {
    "business_zone": ("varchar", "Asia/Ho_Chi_Minh"),
    "reporting_currency": ("varchar", "VND"),
    "minor_unit": ("integer", 0),
    "fiscal_year_start_month": ("integer", 1),
    "cycle_start": ("date", "2026-01-01"),
    "churn_window_days": ("integer", 90),
    "attribution_lookback_days": ("integer", 30),
    "cart_window_days": ("integer", 7),
    "rate_max_age_days": ("integer", 10),
    "identity_max_shared": ("integer", 5),
    "as_of": ("date", "2026-04-01"),
    "on_track": ("double", 1.0),
    "at_risk": ("double", 0.9),
    "history_days": ("integer", 180),
    "first_reply_minutes": ("integer", 1440),
}

SETTING_VALUES = {
    "undelivered_tags": ["cod_refused", "bom hàng"],
    "gift_card_names": ["gift card", "thẻ quà tặng"],
    "events.page_view": ["page_view", "screen_view"],
    "events.product_view": ["view_item"],
    "events.cart_add": ["add_to_cart"],
    "events.purchase": ["purchase"],
    "events.signup": ["sign_up"],
    "events.newsletter": ["newsletter_signup"],
    "events.content": ["file_download"],
    "events.interaction": ["view_search_results"],
    "events.key": ["purchase", "sign_up", "newsletter_signup"],
    "attribution_model": ["last_non_direct"],
}

ACCOUNT = {
    "name": "", "brand": "", "market": "VN", "time_zone": "Asia/Ho_Chi_Minh", "currency": "VND",
    "prices_include_vat": False, "vat_rate": "0", "history_start": None, "opened_on": None, "ended_on": None,
    "conversions_are_purchases": False, "site": "", "counts_sessions": True, "order_numbers": "", "minor_unit": 0,
    "vat_is_stated": False,
}  # fmt: skip

FROZEN = {
    "batches": "batch_id varchar, source varchar, table_name varchar, account varchar, path varchar, "
    "read_from varchar, exported_at timestamp, file_time varchar, content_hash varchar, covers_from date, covers_to date, "
    "scope_kind varchar, is_filtered boolean, rows_landed bigint",
    "scopes": "source varchar, table_name varchar, account varchar, scope varchar, batch_id varchar",
    "covered_days": "source varchar, table_name varchar, account varchar, day date",
    "state_files": "source varchar, table_name varchar, path varchar",
    "accounts": "source varchar, account varchar, name varchar, brand varchar, market varchar, time_zone varchar, "
    "currency varchar, prices_include_vat boolean, vat_rate decimal(9, 6), history_start date, "
    "opened_on date, ended_on date, conversions_are_purchases boolean, site varchar, counts_sessions boolean, "
    "order_numbers varchar, minor_unit integer, vat_is_stated boolean",
    "exclusions": "kind varchar, value varchar, reason varchar",
    "own_channel_rules": "rule integer, channel varchar, click_id varchar, category varchar, source varchar, "
    "medium varchar, campaign varchar, is_ad boolean",
    "own_sales_channels": "sales_channel varchar, sales_place varchar, marketplace varchar",
    "own_ticket_topics": "priority integer, tag varchar, topic varchar",
    "own_reasons": "rule integer, pattern varchar, reason varchar",
    "own_offline_codes": "code varchar, medium varchar, channel varchar, valid_from date, valid_until date",
    "own_loyalty_tiers": "tier_name varchar, tier varchar, rank integer",
    "own_holidays": "starts_on date, ends_on date, name varchar, market varchar",
    "vat_rates": "source varchar, account varchar, market varchar, product_line varchar, valid_from date, "
    "rate decimal(9, 6)",
    "segments": "rule integer, segment varchar, column_name varchar, operator varchar, number_value decimal(38, 6), "
    "text_value varchar",
    "settings": ", ".join(f"{name} {kind}" for name, (kind, _) in SETTINGS.items()),
    "setting_values": "setting varchar, value varchar",
    "rows_rewritten": "model varchar, rows_written bigint, rows_kept bigint",
}


def contract(source: str, table: str) -> dict[str, Any]:
    """A table's part of its source's contract."""
    text = (PROJECT / "models" / "staging" / source / f"_{source}__sources.yml").read_text(encoding="utf-8")
    (found,) = [t for s in yaml.load(text, yaml.CSafeLoader)["sources"] for t in s["tables"] if t["name"] == table]
    return found


class Story:
    """What was exported, and the warehouse that dbt builds from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = folder / "warehouse.duckdb"
        self.rows_of: dict[str, list[tuple[Any, ...]]] = {name: [] for name in FROZEN}
        self.settings = {name: value for name, (_, value) in SETTINGS.items()}
        self.lists = dict(SETTING_VALUES)
        self.batches: list[dict[str, Any]] = []
        self._connection = duckdb.connect()

    def account(self, source: str, account: str, **columns: Any) -> None:
        """One row of accounts.csv."""
        row = {"source": source, "account": account} | ACCOUNT | columns
        self.rows_of["accounts"].append(tuple(row.values()))

    def exclude(self, kind: str, value: str) -> None:
        """One row of exclusions.csv."""
        self.rows_of["exclusions"].append((kind, value, "test"))

    def batch(
        self, source: str, table: str, account: str, rows: list[dict[str, Any]], exported_at: str,
        is_filtered: bool = False,
    ) -> None:  # fmt: skip
        """One accepted export: `rows` hold the contract's columns, the ones left out are null."""
        wanted = contract(source, table)
        scope = wanted["config"]["meta"]["scope"]
        types = {c["name"]: c["data_type"] for c in wanted["columns"]}
        number = len(self.batches) + 1
        batch_id = f"batch-{number:03d}"
        path = self.folder / f"{batch_id}.parquet"
        unknown = {name for row in rows for name in row} - set(types)
        assert not unknown, f"{source}.{table} has no {unknown}"
        cells = [
            [batch_id, line, *([self._entity(scope, row)] if scope["kind"] == "entities" else []),
             *(row.get(name) for name in types)]
            for line, row in enumerate(rows, start=1)
        ]  # fmt: skip
        columns = {"_batch_id": "varchar", "_row": "bigint"}
        columns |= {"_entity": "varchar"} if scope["kind"] == "entities" else {}
        columns |= types
        self._parquet(path, columns, cells)
        self.batches.append(
            {"batch_id": batch_id, "source": source, "table": table, "account": account, "path": path,
             "exported_at": exported_at, "scope": scope, "is_filtered": is_filtered, "rows": rows}
        )  # fmt: skip
        keep = wanted["config"]["meta"].get("keep_states")
        if keep:
            states = self.folder / f"{batch_id}_states.parquet"
            self._parquet(
                states,
                {"_account": "varchar", "_entity": "varchar", "exported_at": "timestamp"} | {k: types[k] for k in keep},
                [[account, self._entity(scope, row), exported_at, *(row.get(k) for k in keep)] for row in rows],
            )
            self.rows_of["state_files"].append((source, table, str(states)))

    def freeze(self) -> None:
        """Writes schema `frozen`: within a scope the newest export wins."""
        self.rows_of["batches"] = []
        winners: dict[tuple[str, str, str, str], tuple[str, str]] = {}
        for batch in self.batches:
            self.rows_of["batches"].append(
                (batch["batch_id"], batch["source"], batch["table"], batch["account"], str(batch["path"]), str(batch["path"]),
                 batch["exported_at"], str(batch["exported_at"]), batch["batch_id"], None, None, batch["scope"]["kind"], batch["is_filtered"],
                 len(batch["rows"]))
            )  # fmt: skip
            for scope, day in self._scopes(batch):
                key = (batch["source"], batch["table"], batch["account"], scope)
                winners[key] = max(winners.get(key, ("", "")), (batch["exported_at"], batch["batch_id"]))
                if day:
                    self.rows_of["covered_days"].append((*key[:3], day))
        self.rows_of["scopes"] = [(*key, batch_id) for key, (_, batch_id) in winners.items()]
        self.rows_of["covered_days"] = sorted(set(self.rows_of["covered_days"]))
        self.rows_of["settings"] = [tuple(self.settings.values())]
        self.rows_of["setting_values"] = [(s, v) for s, values in self.lists.items() for v in values]
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("create schema if not exists frozen")
            for table, columns in FROZEN.items():
                connection.execute(f"create or replace table frozen.{table} ({columns})")
                if rows := self.rows_of[table]:
                    marks = ", ".join("?" for _ in rows[0])
                    connection.executemany(f"insert into frozen.{table} values ({marks})", rows)

    def build(self, *select: str) -> list[tuple[str, str, str]]:
        """Builds seeds and models with their tests as a night does; (node, status, message) of everything that it ran."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        with _environment(self.warehouse):
            project = night_project(FOLDERS, _places(self.folder))
        ran = self._run(project.manifest, "build", "--indirect-selection", "buildable", "--select", *select)
        DuckDBConnectionManager.close_all_connections()  # dbt keeps the file open
        made = [r for r in ran if r.node.resource_type != "test"]
        due = due_tests(
            project.simple_tests,
            project.manifest,
            selected={r.node.unique_id for r in made},
            built={r.node.unique_id for r in made if str(r.status) == "success"},
        )
        # simple tests are most of all, and dbt takes longer to ask one than DuckDB to answer
        asked = [
            (answer.test.name, _status(answer), answer.fault or f"{answer.failures} rows")
            for answer in ask(self.warehouse, due)
        ]
        return [*_told(ran), *asked]

    def dbt(self, *arguments: str) -> list[tuple[str, str, str]]:
        """Runs dbt in this process; (node, status, message) of everything that it ran."""
        with _environment(self.warehouse):
            project = parsed_project(FOLDERS, _places(self.folder))
        return _told(self._run(project, *arguments))

    def found(self, check: str) -> list[dict[str, Any]]:
        """The rows that break a check of `dbt_project/tests` in the warehouse as it is, by column."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        with _environment(self.warehouse):
            project = parsed_project(FOLDERS, _places(self.folder))
        (ran,) = self._run(project, "compile", "--select", check)
        DuckDBConnectionManager.close_all_connections()  # dbt keeps the file open
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute("set timezone = 'UTC'")
            rows = connection.execute(ran.node.compiled_code)
            names = [column[0] for column in rows.description or []]
            return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]

    def _run(self, manifest: Any, *arguments: str) -> list[Any]:
        from dbt.cli.main import dbtRunner

        say_little()
        with _environment(self.warehouse):
            result = dbtRunner(manifest=manifest).invoke([*arguments, *_places(self.folder)])
        assert result.exception is None, result.exception
        return list(getattr(result.result, "results", []))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the warehouse."""
        with duckdb.connect(str(self.warehouse)) as connection:
            return connection.execute(sql).fetchall()

    def _parquet(self, path: Path, columns: dict[str, str], rows: list[list[Any]]) -> None:
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self._connection.execute(f"create or replace table cells ({declared})")
        if rows:
            self._connection.executemany(f"insert into cells values ({', '.join('?' for _ in columns)})", rows)
        self._connection.execute(f"copy cells to '{path}' (format parquet)")

    @staticmethod
    def _entity(scope: dict[str, Any], row: dict[str, Any]) -> str:
        return "" if scope.get("full_snapshot") else "|".join(str(row[key]) for key in scope["keys"])

    def _scopes(self, batch: dict[str, Any]) -> Iterator[tuple[str, dt.date | None]]:
        scope = batch["scope"]
        for row in batch["rows"]:
            if scope["kind"] == "days":
                day = str(row[scope.get("day", "day")])
                yield day, dt.date.fromisoformat(day)
            elif scope["kind"] == "entities":
                made_at = str(row[scope["made_at"]]) if scope.get("own_id") else ""
                # as DuckDB writes it: without zeros at the end of a fraction
                moment = f"|{made_at.rstrip('0') if '.' in made_at else made_at}" if made_at else ""
                yield self._entity(scope, row) + moment, None


FOLDERS = [PROJECT, PROJECT.parent / "profiles"]


@contextmanager
def _environment(warehouse: Path) -> Iterator[None]:
    """The profile reads the warehouse's place from the environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RACEWAY_WAREHOUSE", str(warehouse))
        yield


def _told(results: list[Any]) -> list[tuple[str, str, str]]:
    return [(r.node.name, str(r.status), r.message or "") for r in results]


def _status(answer: Answer) -> str:
    if answer.fault:
        return "error"
    return "pass" if not answer.failures else answer.test.severity.replace("error", "fail")


def _places(folder: Path) -> list[str]:
    """Where dbt reads, and where it writes."""
    return [
        "--quiet", "--no-partial-parse", "--no-write-json", "--log-level-file", "none", "--project-dir", str(PROJECT), "--profiles-dir", str(ROOT / "profiles"),
        "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
    ]  # fmt: skip


# What the night builds before the measures, with the tests that need nothing further.
SELECTED = (
    "tag:staging",
    # what was known of a customer on a day, and where a period is likely to end, stand on the marts' windows
    *(
        f"path:models/intermediate/{folder.name}"
        for folder in sorted((PROJECT / "models" / "intermediate").iterdir())
        if folder.name not in ("segments", "forecast")
    ),
    "path:models/facts",
    "path:models/marts/dim_*.sql",
    "identity_person",
)


def failures(results: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The nodes that did not end well; a warning is no failure."""
    return [result for result in results if result[1] not in ("success", "pass", "warn")]
