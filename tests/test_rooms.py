"""The rooms of the package: their order, what each may know, and how long a module may be.

The order stands in `[tool.importlinter]` of pyproject.toml. Here it is kept on the package as it is, and seen to
break on copies with one wrong import each.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST = 400
"""Lines of a module; a longer one does two jobs."""


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the package below `root`."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_arrows_between_rooms_go_one_way():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 kept, 0 broken" in done.stdout


WRONG_ARROWS = {
    "common/files.py": "from raceway.ledger.ledger import Ledger",
    "report/page.py": "import great_expectations",
    "landing/outcome.py": "import airflow",
    "sample/truth/truth.py": "from raceway.sample.traces import shopify",
    "ledger/ledger.py": "import typing\nif typing.TYPE_CHECKING:\n    from raceway.ledger.decisions import accept",
}
"""One for each contract: a room, two libraries, the truth, and a circle that only type checkers see."""


def test_wrong_arrows_are_found(tmp_path: Path):
    shutil.copytree(ROOT / "raceway", tmp_path / "raceway", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module, wrong in WRONG_ARROWS.items():
        spoilt = tmp_path / "raceway" / module
        text = spoilt.read_text(encoding="utf-8")
        spoilt.write_text(text.replace("import annotations\n", f"import annotations\n{wrong}\n", 1), encoding="utf-8")
        assert wrong in spoilt.read_text(encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "0 kept, 5 broken" in done.stdout, done.stdout


def test_no_module_is_longer_than_it_can_be_read_in_one_go():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "raceway").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_dag_files_import_nothing_heavy_at_their_top_level():
    for path in (ROOT / "dags").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = [
            *(node.module for node in tree.body if isinstance(node, ast.ImportFrom)),
            *(alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names),
        ]
        allowed = ("__future__", "typing", "airflow.sdk", "raceway.night")
        strange = [name for name in modules if not str(name).startswith(allowed)]
        assert not strange, f"{path.name} imports {strange}: DAG files only wire"
