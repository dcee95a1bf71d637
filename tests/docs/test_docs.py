"""Every path, link, command, option, setting and module that the pages name is there."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from raceway.config.settings import Settings
from raceway.console.cli import app
from tests.docs.pages import NOT_RUN, ROOT, Page, pages

PAGES = pages()
PROGRAM: Any = typer.main.get_command(app)
OF_THE_PROGRAM = {option for parameter in PROGRAM.params for option in parameter.opts} | {"--help"}
FOLDERS = ("docs", "raceway", "dbt_project", "dags", "tests", "bench", "profiles", "expectations", "seeds", "macros")
each_page = pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])


def test_the_pages_are_found() -> None:
    names = {page.name for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md", "docs/how-to/runbook.md"} <= names


@each_page
def test_every_link_leads_to_a_file_and_a_heading(page: Page) -> None:
    broken = []
    for link in page.links():
        if re.match(r"[a-z]+:", link):  # another site
            continue
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        if not target.exists() or (anchor and anchor not in Page(target).anchors()):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", ["docs/README.md", "docs/decisions.md", "CHANGELOG.md"])
def test_a_list_says_each_thing_once(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [line.split(" | ")[0] if line.startswith("| ") else line for line in lines if line.startswith(("- ", "| "))]
    assert len(found) > 5
    assert sorted(found) == sorted(set(found))


@each_page
def test_every_path_in_code_is_there(page: Page) -> None:
    paths = [code for code in page.code() if re.fullmatch(rf"({'|'.join(FOLDERS)})/[\w./-]*", code)]
    assert [path for path in paths if not any((top / path).exists() for top in (ROOT, ROOT / "dbt_project"))] == []


def test_every_page_and_template_that_the_program_names_is_there() -> None:
    named = {
        found
        for text in _texts("raceway", "dags", "dbt_project", "docs", "tests", "bench")
        for found in re.findall(r"\bdocs/[\w/-]+\.(?:md|csv)\b", text)
    }
    assert {path for path in named if not (ROOT / path).exists()} == set()
    assert "docs/how-to/backup.md" in named


@each_page
def test_every_command_and_option_is_one_of_the_programs(page: Page) -> None:
    wrong = []
    for line in page.commands():
        for words in _calls(line):
            command, options = _command(words)
            if command is None:
                known = OF_THE_PROGRAM
            elif command in PROGRAM.commands:
                known = {
                    option
                    for parameter in PROGRAM.commands[command].params
                    for option in (*parameter.opts, *parameter.secondary_opts)
                }
            else:
                known = set()
                wrong.append(line)
            wrong += [line for option in options if option not in known | {"--help"}]
    assert wrong == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.path.name != "kpis.md"], ids=lambda page: page.name)
def test_every_setting_is_one_of_the_models(page: Page) -> None:
    """Not on the page of KPIs, whose dotted names are landed tables."""
    sections = {name: type(getattr(Settings(), name)).model_fields for name in Settings.model_fields}
    named = [code.split(" ")[0] for code in page.code()]
    keys = [name.split(".") for name in named if re.fullmatch(rf"({'|'.join(sections)})\.[a-z_]+", name)]
    files = {"toml", "csv", "md", "py", "yml", "parquet"}
    assert [key for key in keys if key[1] not in sections[key[0]] and key[1] not in files] == []


def test_every_module_that_is_called_is_there() -> None:
    texts = [page.text for page in PAGES]
    texts += [(ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "docker-compose.yml", "Dockerfile")]
    texts += list(_texts("raceway", "bench", ".ci"))
    named = {module for text in texts for module in re.findall(r"-m\s+((?:raceway|bench)[\w.]*\w)", text)}
    named |= {m for text in texts for m in re.findall(r'"-m", "((?:raceway|bench)[\w.]*\w)"', text)}
    assert "raceway.console.reference_pages" in named
    assert {module for module in named if importlib.util.find_spec(module) is None} == set()


@each_page
def test_every_make_target_is_one_of_the_makefile(page: Page) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = {found for line in page.commands() for found in re.findall(r"^make ([a-z][a-z-]*)", line)}
    assert named - targets == set()


@each_page
def test_a_block_that_is_not_run_says_why(page: Page) -> None:
    silent = [
        block.text
        for block in page.blocks()
        if block.language in ("bash", "shell", "console", "zsh")  # one name for what is run: sh
        or (block.language == "" and re.search(r"^(raceway|make|docker|cd|tar) ", block.text, flags=re.MULTILINE))
        or (block.text.startswith("# not run") and not block.text.startswith(NOT_RUN))
    ]
    assert silent == []


def test_the_hooks_before_a_commit_are_tools_of_this_checkout() -> None:
    found = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repository["repo"] for repository in found["repos"]} == {"local"}
    entries = [hook["entry"].split()[0] for repository in found["repos"] for hook in repository["hooks"]]
    assert [entry for entry in entries if not (ROOT / entry).exists()] == []


def _texts(*folders: str) -> Iterator[str]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yml", ".sql", ".csv", ".md", "") and path.is_file() and _is_ours(path):
                yield path.read_text(encoding="utf-8", errors="replace")


def _is_ours(path: Path) -> bool:
    return not {"target", "logs", "dbt_packages", "__pycache__", "inbox", "golden"} & set(path.parts)


def _calls(line: str) -> Iterator[list[str]]:
    """The words after `raceway` of each call in a line."""
    found = re.match(r"^(?:\.venv/bin/|docker compose exec \w+ )?raceway ([^|#>]*)", line.strip())
    if found:
        try:
            yield shlex.split(found.group(1))
        except ValueError:  # a call that goes on in the next line
            yield found.group(1).split()


def _command(words: list[str]) -> tuple[str | None, list[str]]:
    """The command among the words, and the options that follow it; those of the program come before."""
    if words[:1] == ["--home"]:
        words = words[2:]
    command = words[0] if words and re.fullmatch(r"[a-z][a-z-]*", words[0]) else None
    options = [word.split("=")[0] for word in words if word.startswith("--")]
    return command, options
