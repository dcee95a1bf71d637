"""The licences of the packages that a night runs on: docs/reference/licences.md, written from the lock.

What a package says of its licence is read from its metadata: the licence expression, else the licence's name, else its
classifiers, which count together. Names are spelled as SPDX does where they say which text is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from typing import Final

from raceway.common.home import PROJECT

LOCK: Final = "requirements.txt"
FREE: Final = frozenset(
    {"0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "PSF-2.0",
     "Unlicense", "Zlib"}
)  # fmt: skip
"""Licences that ask for their notice at most."""
OF_THE_LIBRARY_ALONE: Final = frozenset({"Artistic", "LGPL", "LGPL-3.0-only", "MPL-2.0"})
"""Licences that bind who changes the library itself; raceway installs these packages as they are."""
_ELSEWHERE: Final = {"httpx2-jsfetch": "BSD-3-Clause", "pywin32": "PSF-2.0", "pyyaml-ft": "MIT"}
"""By the metadata of their wheels: packages of the lock for other systems and Pythons."""
_SPELLED: Final = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache-2": "Apache-2.0",
    "Artistic License": "Artistic",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "LGPL with exceptions": "LGPL",
    "License :: OSI Approved :: MIT License": "MIT",
    "MIT -or- Apache License 2.0": "MIT OR Apache-2.0",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Simplified BSD License": "BSD-2-Clause",
}
_SAYS_NOTHING: Final = frozenset({"", "UNKNOWN", "Dual License"})
_LONGEST_NAME: Final = 50
"""Signs of a licence's name; more is the licence's text."""


@dataclass(frozen=True)
class Package:
    """A package of the lock, with every version that it has there, and its licence."""

    name: str
    versions: tuple[str, ...]
    licence: str

    @property
    def is_allowed(self) -> bool:
        """Whether all that counts together is allowed, and one of each choice."""
        allowed = FREE | OF_THE_LIBRARY_ALONE
        parts = re.sub(r"[()]", "", self.licence).split(" AND ")
        return all(any(choice.strip() in allowed for choice in part.split(" OR ")) for part in parts)


def packages() -> list[Package]:
    """The packages of the lock, by name."""
    text = (PROJECT.root / LOCK).read_text(encoding="utf-8")
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([a-zA-Z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", text, re.MULTILINE):
        versions.setdefault(name, []).append(version)
    return [Package(name, tuple(found), _licence(name)) for name, found in sorted(versions.items())]


def licences_page() -> str:
    """docs/reference/licences.md."""
    rows = [f"| {package.name} | {', '.join(package.versions)} | {package.licence} |" for package in packages()]
    return "\n".join(
        [
            "# Licences",
            "",
            "Written by `python -m raceway.console.reference_pages` from the lock and the packages' own metadata; "
            "change `requirements.in`, not this page.",
            "",
            "What a night runs on, as each package states its licence. raceway itself: Apache-2.0 (`LICENSE`). A test "
            "holds the list to the lock, and refuses a package under another licence than these: "
            f"{', '.join(sorted(FREE))}; of those that bind who changes the library itself, which nobody does here: "
            f"{', '.join(sorted(OF_THE_LIBRARY_ALONE))}.",
            "",
            "`BSD` and `LGPL` stand where the metadata does not say which text is meant; the package's own file does. "
            "Two versions are for two versions of Python. The list with a hash of every file, for other tools: "
            "`make sbom`.",
            "",
            "| package | version | licence |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _licence(name: str) -> str:
    """The licence that a package states; empty where nothing is known of it."""
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if expression := told.get_all("License-Expression"):
        return str(expression[0])
    named = (told.get_all("License") or [""])[0].strip()
    if named not in _SAYS_NOTHING and len(named) <= _LONGEST_NAME and "\n" not in named:
        return _SPELLED.get(named, str(named))
    classified = [one.split(" :: ")[-1] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    return " AND ".join(_SPELLED.get(one, one) for one in classified if one != "OSI Approved")
