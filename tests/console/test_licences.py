"""The list of licences names every package of the lock, and none that is not allowed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from raceway.common.home import PROJECT
from raceway.console.licences import LOCK, Package, licences_page, packages
from tests.support.server import missing


def locked() -> dict[str, set[str]]:
    """Versions by package, read line by line."""
    found: dict[str, set[str]] = {}
    for line in (PROJECT.root / LOCK).read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            name, _, version = line.partition("==")
            found.setdefault(name.partition("[")[0], set()).add(version.split()[0])
    return found


def test_no_package_of_the_lock_is_missing() -> None:
    assert {package.name: set(package.versions) for package in packages()} == locked()
    rows = [line.split(" | ")[0].removeprefix("| ") for line in licences_page().splitlines() if line.startswith("| ")]
    assert rows[2:] == sorted(locked())


def test_every_package_is_under_an_allowed_licence() -> None:
    assert [package for package in packages() if not package.is_allowed] == []


@pytest.mark.parametrize(
    ("licence", "is_allowed"),
    [
        ("MIT", True), ("MIT OR GPL-2.0-only", True), ("MIT AND MPL-2.0", True), ("(MIT OR Apache-2.0) AND PSF-2.0", True),
        ("MIT AND GPL-2.0-only", False), ("GPL-3.0-only", False), ("AGPL-3.0-only", False), ("SSPL-1.0", False),
        ("", False), ("Proprietary", False),
    ],
)  # fmt: skip
def test_a_licence_is_allowed_where_all_its_parts_are(licence: str, is_allowed: bool) -> None:
    assert Package("one", ("1",), licence).is_allowed == is_allowed


def test_the_bill_of_materials_names_the_lock_with_its_hashes(tmp_path: Path) -> None:
    if not (PROJECT.root / ".venv-sbom" / "bin" / "cyclonedx-py").exists():
        missing("cyclonedx-bom is not installed: make setup-sbom")
    make = subprocess.run(
        ["make", "--silent", "--dry-run", "--old-file=setup-sbom", "sbom", f"SBOM={tmp_path}/sbom.json"],
        cwd=PROJECT.root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    [command] = [line for line in make.splitlines() if "cyclonedx-py" in line]
    subprocess.run(command.split(), cwd=PROJECT.root, check=True, capture_output=True)
    components = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))["components"]
    assert {(one["name"], one["version"]) for one in components} == {
        (name, version) for name, versions in locked().items() for version in versions
    }
    hashed = [reference.get("hashes") for one in components for reference in one["externalReferences"]]
    assert len(hashed) == len(components)
    assert all(hashed)
