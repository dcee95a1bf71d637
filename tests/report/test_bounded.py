"""Whoever may ask anything of the mart gets rows of it, soon and not too many, and nothing else of the machine."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import PermanentFault
from raceway.report.bounded import ROWS, bounded_query, shut_mart

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


@pytest.mark.parametrize(
    "attack",
    [
        "select * from read_csv('{folder}/secret.csv')",
        "select * from '{folder}/secret.csv'",
        "select * from read_text('{folder}/secret.csv')",
        "select * from read_blob('{folder}/secret.csv')",
        "select * from read_json('{folder}/secret.csv')",
        "select * from sniff_csv('{folder}/secret.csv')",
        "select * from read_duckdb('{folder}/other.duckdb', table_name = 'secrets')",
        "select * from glob('{folder}/*')",
        "select * from read_parquet('https://localhost/secret.parquet')",
        "select * from query('copy race_kpi to ''{folder}/out.csv''')",
        "attach '{folder}/other.duckdb' as other",
        "copy race_kpi to '{folder}/out.csv'",
        "export database '{folder}/out'",
        "install httpfs",
        "load httpfs",
        "pragma database_list",
        "set enable_external_access = true",
        "reset lock_configuration",
        "create table race_kpi2 as select 1",
        "delete from race_kpi",
        "select 1; select 2",
        "call pragma_version()",
    ],
)
def test_no_question_reaches_out_of_the_mart(folder: Path, attack: str) -> None:
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(PermanentFault) as fault:
        bounded_query(folder / "race.duckdb", attack.format(folder=folder))
    assert SECRET not in str(fault.value)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_setting_stays_locked_for_who_holds_the_connection(folder: Path) -> None:
    with shut_mart(folder / "race.duckdb") as mart, pytest.raises(duckdb.Error, match="locked"):
        mart.execute("set threads = 8")


def test_a_name_in_a_select_is_no_variable_of_the_program(folder: Path) -> None:
    with pytest.raises(PermanentFault, match="asked does not exist"):
        bounded_query(folder / "race.duckdb", "select * from asked")


def test_a_question_is_stopped_when_its_time_is_over(folder: Path) -> None:
    with pytest.raises(PermanentFault, match=r"longer than 0\.5 seconds"):
        bounded_query(folder / "race.duckdb", "select count(*) from range(100000000000)", seconds=0.5)


def test_a_question_is_kept_to_its_memory(folder: Path) -> None:
    with pytest.raises(PermanentFault, match="more memory"):
        bounded_query(folder / "race.duckdb", "select unnest(range(1000000000))")


def test_a_home_without_a_mart_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match="raceway run"):
        bounded_query(tmp_path / "race.duckdb", "select 1")
