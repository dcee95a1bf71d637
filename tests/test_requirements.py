"""What the program imports is named in requirements.in, and the locks agree with each other."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from raceway.common.home import PROJECT

OURS = {"raceway", "tests", "bench"}
installed = cache(packages_distributions)  # reads every package's list of files


def declared(name: str) -> dict[str, str]:
    """Packages that a requirements file names, by canonical name: the whole line."""
    lines = (PROJECT.root / name).read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line and line[0].isalnum()]
    return {canonical(re.split(r"[^A-Za-z0-9._-]", line)[0]): line for line in named}


def locked(name: str) -> dict[str, str]:
    """Versions of a lock, by canonical name."""
    text = (PROJECT.root / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9, -]*\])?==(\S+)", text, re.MULTILINE))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.partition("==")[0].strip()).lower()


def imported(*folders: str) -> dict[str, Path]:
    """Top-level modules that files below these folders import, each with one of the files."""
    found = {}
    for path in (path for folder in folders for path in sorted((PROJECT.root / folder).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            found |= {name.partition(".")[0]: path for name in names}
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names | OURS}


@pytest.mark.parametrize(
    "name",
    [
        "requirements.in",
        "requirements-dev.in",
        "requirements-spark.in",
        "requirements-fab.in",
        "requirements-sbom.in",
        "requirements-dlt.in",
        "requirements-celery.in",
    ],
)
def test_a_package_is_named_once(name: str) -> None:
    lines = (PROJECT.root / name).read_text(encoding="utf-8").splitlines()
    assert len(declared(name)) == sum(line[:1].isalnum() for line in lines)


def undeclared(modules: dict[str, Path], named: dict[str, str]) -> dict[str, Path]:
    return {
        module: path
        for module, path in modules.items()
        if not named.keys() & {canonical(name) for name in installed().get(module, [])}
    }


def test_every_package_that_the_program_imports_is_a_runtime_requirement() -> None:
    modules = imported("raceway", "dags")
    assert {"duckdb", "yaml", "sqlalchemy"} <= modules.keys()
    assert undeclared(modules, declared("requirements.in")) == {}


def test_every_package_that_tests_and_benchmarks_import_is_a_requirement() -> None:
    # the test's own modules are imported by their name alone; Spark, dlt and the rival of the forecast have environments
    own = {path.stem for path in (PROJECT.root / "tests").rglob("*.py")} | {"pyspark", "statsforecast", "pandas", "dlt"}
    modules = {name: path for name, path in imported("tests", "bench").items() if name not in own}
    assert undeclared(modules, declared("requirements.in") | declared("requirements-dev.in")) == {}


def test_what_only_tests_need_is_not_installed_for_a_night() -> None:
    night = locked("requirements.txt")
    assert not night.keys() & declared("requirements-dev.in").keys() - {"jsonschema"}, "jsonschema: Airflow's too"


def test_no_process_of_tests_waits_for_a_grammar_that_it_does_not_need() -> None:
    """jsonschema, which dbt and Great Expectations import, imports rfc3987-syntax where it is installed: a second."""
    assert not {"rfc3987-syntax", "rfc3987"} & (
        locked("requirements.txt").keys() | locked("requirements-dev.txt").keys()
    )


def test_every_requirement_is_locked_and_the_locks_agree() -> None:
    night, development, spark, fab, celery = (
        locked(f"requirements{name}.txt") for name in ("", "-dev", "-spark", "-fab", "-celery")
    )
    assert declared("requirements.in").keys() <= night.keys()
    assert declared("requirements-dev.in").keys() <= development.keys()
    assert declared("requirements-fab.in").keys() <= fab.keys()
    assert declared("requirements-celery.in").keys() <= celery.keys()
    assert declared("requirements-sbom.in").keys() <= locked("requirements-sbom.txt").keys()
    assert declared("requirements-dlt.in").keys() <= locked("requirements-dlt.txt").keys()
    for lock in (development, spark, fab, celery):
        assert {name: lock[name] for name in lock.keys() & night.keys()} == {
            name: night[name] for name in lock.keys() & night.keys()
        }


@pytest.mark.parametrize(
    "name",
    [
        "requirements.in",
        "requirements-dev.in",
        "requirements-spark.in",
        "requirements-fab.in",
        "requirements-sbom.in",
        "requirements-dlt.in",
        "requirements-celery.in",
    ],
)
def test_every_pinned_version_has_its_reason_beside_it(name: str) -> None:
    pinned = [line for line in declared(name).values() if "==" in line]
    assert [line for line in pinned if not re.search(r"#\s*\S", line)] == []


def test_files_beside_the_modules_are_part_of_the_package() -> None:
    settings = tomllib.loads((PROJECT.root / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["raceway"]
    package = PROJECT.root / "raceway"
    packaged = {path for pattern in patterns for path in package.glob(pattern)}
    beside = {path for path in package.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert {path.suffix for path in beside} >= {".csv", ".css", ".j2"}
    assert beside - packaged == set()
