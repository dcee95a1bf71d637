"""Whoever may ask anything of the mart gets rows of it, soon and not too many, and nothing else of the machine."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import PermanentFault
from raceway.report.bounded import ROWS, Limits, bounded_query, selected, shut_mart

SECRET = "a line that no answer may hold"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mart, and beside it a text, a csv and another database."""
    folder = tmp_path_factory.mktemp("mart")
    (folder / "secret.csv").write_text(f"line\n{SECRET}\n", encoding="utf-8")
    with duckdb.connect(str(folder / "race.duckdb")) as mart:
        mart.execute("create table race_kpi as select range as value from range(2500)")
    with duckdb.connect(str(folder / "other.duckdb")) as other:
        other.execute(f"create table secrets as select '{SECRET}' as line")
    return folder


def test_an_answer_ends_after_so_many_rows_and_says_so(folder: Path) -> None:
    whole = bounded_query(folder / "race.duckdb", "select count(*) as rows, max(value) as last from race_kpi")
    assert (whole.columns, whole.rows, whole.is_cut) == (["rows", "last"], [(2500, 2499)], False)
    cut = bounded_query(folder / "race.duckdb", "select value from race_kpi order by value")
    assert (len(cut.rows), cut.rows[-1], cut.is_cut) == (ROWS, (ROWS - 1,), True)


def test_an_answer_is_cut_where_a_list_makes_it_long(folder: Path) -> None:
    # 0 to 299999 are 1,688,890 digits
    cut = bounded_query(folder / "race.duckdb", "select range(300000) as many")
    assert (cut.rows, cut.is_cut) == ([], True)


OUTSIDE = "the query reaches for a file, an address or an extension; only the tables of the mart may be asked"
ONE_SELECT = (
    "only one select is answered at a time, for the published mart is read-only: no other statement, and no two of them"
)
LOCKED = "the query changes a setting, and settings are locked; leave that out"
NO_SELECT_IN_IT = "the query failed: Parser Error: Expected a single SELECT statement"
READ_ONLY = "the query failed: Invalid Input Error: Cannot execute statement"
NO_SUCH_FUNCTION = "the query failed: Catalog Error: Scalar Function with name getenv does not exist"
ATTACKS = [
    # it reads files
    ("select * from read_csv('{folder}/secret.csv')", OUTSIDE),
    ("select * from '{folder}/secret.csv'", OUTSIDE),
    ('select * from "secret.csv"', OUTSIDE),
    ("select * from read_text('{folder}/secret.csv')", OUTSIDE),
    ("select (select content from read_text('{folder}/secret.csv')) as key", OUTSIDE),
    ("select * from read_blob('{folder}/secret.csv')", OUTSIDE),
    ("select * from read_json('{folder}/secret.csv')", OUTSIDE),
    ("select * from sniff_csv('{folder}/secret.csv')", OUTSIDE),
    ("select * from read_csv('/dev/stdin')", OUTSIDE),
    ("select * from glob('{folder}/*')", OUTSIDE),
    ("select * from parquet_metadata('{folder}/secret.csv')", OUTSIDE),
    ("select * from read_duckdb('{folder}/other.duckdb', table_name = 'secrets')", OUTSIDE),
    ("select * from sqlite_scan('{folder}/airflow.db', 'connection')", OUTSIDE),
    ("select * from duckdb_secrets()", OUTSIDE),
    # and the network
    ("select * from read_parquet('https://localhost/secret.parquet')", OUTSIDE),
    ("from 'https://localhost/secret.parquet'", OUTSIDE),
    ("from 's3://bucket/secret.parquet'", OUTSIDE),
    # it writes
    ("copy race_kpi to '{folder}/out.csv'", ONE_SELECT),
    ("copy (pivot race_kpi on value % 3) to '{folder}/out.csv'", OUTSIDE),
    ("explain analyze copy race_kpi to '{folder}/out.csv'", OUTSIDE),
    ("export database '{folder}/out'", ONE_SELECT),
    ("prepare out as copy race_kpi to '{folder}/out.csv'", ONE_SELECT),
    ("select * from query('copy race_kpi to ''{folder}/out.csv''')", NO_SELECT_IN_IT),
    ("create table race_kpi2 as select 1", ONE_SELECT),
    ("create or replace temp view race_kpi as select 1", ONE_SELECT),
    ("delete from race_kpi", ONE_SELECT),
    ("drop table race_kpi", ONE_SELECT),
    ("explain analyze delete from race_kpi", READ_ONLY),
    ("checkpoint", ONE_SELECT),
    # it opens, loads and sets
    ("attach '{folder}/other.duckdb' as other", ONE_SELECT),
    ("import database '{folder}/out'", ONE_SELECT),
    ("create secret (type s3, key_id 'a', secret 'b')", ONE_SELECT),
    ("install httpfs", ONE_SELECT),
    ("load httpfs", ONE_SELECT),
    ("pragma database_list", ONE_SELECT),
    ("set enable_external_access = true", ONE_SELECT),
    ("reset lock_configuration", ONE_SELECT),
    ("select * from enable_logging()", LOCKED),
    ("call pragma_version()", ONE_SELECT),
    ("begin", ONE_SELECT),
    ("select 1; copy race_kpi to '{folder}/out.csv'", ONE_SELECT),
    ("", ONE_SELECT),
    ("select getenv('HOME')", NO_SUCH_FUNCTION),
]


@pytest.mark.parametrize("several", [ATTACKS[start::4] for start in range(4)])
def test_no_question_reaches_out_of_the_mart(folder: Path, several: list[tuple[str, str]]) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for attack, sentence in several:
        with pytest.raises(PermanentFault) as fault:
            selected(folder / "race.duckdb", attack.format(folder=folder), Limits())
        assert str(fault.value).startswith(sentence), attack
        assert SECRET not in str(fault.value)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_process_of_a_question_keeps_to_the_same(folder: Path) -> None:
    with pytest.raises(PermanentFault, match=re.escape(OUTSIDE)):
        bounded_query(folder / "race.duckdb", f"select * from read_text('{folder}/secret.csv')")


def test_every_way_to_ask_is_open(folder: Path) -> None:
    for asked in ("from race_kpi limit 1", "with one as (select 1) from one", "pivot race_kpi on value % 2 using sum(value)",
                  "describe race_kpi", "summarize race_kpi", "show tables", "explain from race_kpi",
                  "values (1)"):  # fmt: skip
        assert selected(folder / "race.duckdb", asked, Limits()).rows, asked


def test_a_setting_stays_locked_for_who_holds_the_connection(folder: Path) -> None:
    with shut_mart(folder / "race.duckdb") as mart, pytest.raises(duckdb.Error, match="locked"):
        mart.execute("set threads = 8")


def test_a_name_in_a_select_is_no_variable_of_the_program(folder: Path) -> None:
    with pytest.raises(PermanentFault, match="asked does not exist"):
        bounded_query(folder / "race.duckdb", "select * from asked")


def test_a_question_is_stopped_when_its_time_is_over(folder: Path) -> None:
    with pytest.raises(PermanentFault, match=r"longer than 0\.5 seconds"):
        bounded_query(folder / "race.duckdb", "select count(*) from range(100000000000)", Limits(seconds=0.5))


def test_a_question_is_kept_to_its_memory(folder: Path) -> None:
    with pytest.raises(PermanentFault, match="more memory"):
        bounded_query(folder / "race.duckdb", "select unnest(range(1000000000))")


@pytest.mark.parametrize("cut", [True, False])
def test_a_damaged_mart_is_no_lack_of_memory(folder: Path, tmp_path: Path, cut: bool) -> None:
    spoilt = bytearray((folder / "race.duckdb").read_bytes())
    for at in range(12_500, len(spoilt), 20_000):
        spoilt[at] ^= 0xFF
    (tmp_path / "race.duckdb").write_bytes(spoilt[:20_000] if cut else spoilt)
    for ask in (
        lambda: bounded_query(tmp_path / "race.duckdb", "select max(hash(t)) from race_kpi as t"),
        lambda: selected(tmp_path / "race.duckdb", "select max(hash(t)) from race_kpi as t", Limits()),
    ):
        with pytest.raises(
            PermanentFault, match=r"race.duckdb: damaged \(.*raceway rollback .*raceway run --full-refresh"
        ):
            ask()


def test_a_home_without_a_mart_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match="raceway run"):
        bounded_query(tmp_path / "race.duckdb", "select 1")
