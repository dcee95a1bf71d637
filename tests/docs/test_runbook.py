"""docs/how-to/runbook.md quotes messages as the program writes them, and knows every fault that it raises."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from raceway.common import faults
from raceway.common.home import PROJECT

PAGE = PROJECT.root / "docs" / "how-to" / "runbook.md"
FAULTS = {name for name, of in vars(faults).items() if isinstance(of, type) and issubclass(of, Exception)}
FOR_AUTHORS = ("contracts", "sample", "fitting", "new_source.py", "guess.py")
"""Modules whose faults a person meets who writes a contract, a sample or a model, beside what is being written."""
SAYS_ITSELF = {"…", "suite …: more than one expectation is named …"}
"""A sentence that was put together elsewhere, and one that only a slip in the program brings up."""


def template(node: ast.AST) -> str:
    """A text as it is written, with … for what is put in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(template(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return template(node.left) + template(node.right)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "…"


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((PROJECT.root / "raceway").rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def written() -> list[str]:
    """Every text of the program, and what the project's tests are called and say."""
    texts = {template(node) for _, tree in modules() for node in ast.walk(tree)
             if isinstance(node, ast.JoinedStr | ast.Constant | ast.BinOp)}  # fmt: skip
    texts |= {path.stem for path in (PROJECT.dbt_project / "tests").glob("*.sql")}
    for path in (PROJECT.dbt_project / "models").rglob("*.yml"):
        texts |= set(strings(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)))
    return sorted(texts - {"", "…"})


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def raised() -> dict[str, str]:
    """Where each fault is raised, by its text."""
    found = {}
    for path, tree in modules():
        if any(part in path.parts for part in FOR_AUTHORS):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                kind = node.exc.func
                name = kind.id if isinstance(kind, ast.Name) else getattr(kind, "attr", "")
                if name in FAULTS or name == "UnknownBatch":
                    found[template(node.exc.args[0])] = f"{path.name}:{node.lineno}"
    return found


def quoted() -> list[str]:
    """The words of messages: the first cell of each row."""
    cells = re.findall(r"^\| (`.*?`) \| ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [words for cell in cells for words in re.findall(r"`([^`]+)`", cell)]


def pattern(words: str) -> re.Pattern[str]:
    pieces = [re.escape(piece.strip()) for piece in words.split("…") if piece.strip()]
    return re.compile(r"[\s\S]*?".join(pieces))


def test_every_fault_that_operations_can_meet_stands_in_the_runbook() -> None:
    known = [pattern(words) for words in quoted()]
    missing = {
        text: where
        for text, where in raised().items()
        if text not in SAYS_ITSELF and not any(one.search(text) for one in known)
    }
    assert missing == {}, "write a row for each into docs/how-to/runbook.md"


def test_the_runbook_quotes_only_what_the_program_says() -> None:
    everything = "\n\0\n".join(written())
    stale = [
        words for words in quoted() if not re.search(pattern(words).pattern.replace(r"[\s\S]", r"[^\0]"), everything)
    ]
    assert stale == []


@pytest.mark.parametrize("words", ["the key is lost", "the file is empty (0 bytes); print it again"])
def test_words_that_nobody_says_would_be_found(words: str) -> None:
    assert not any(pattern(words).search(text) for text in written())
