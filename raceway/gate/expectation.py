"""One expectation and one suite, as raceway writes them: sorted JSON with ids derived from names.

Great Expectations gives random ids; here an id follows from suite and expectation name, so that writing a
suite twice gives the same bytes and a change in a contract is the only thing a diff shows.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any, Final

from raceway.history.records import Severity

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "raceway/expectations")


@dataclass(frozen=True)
class Expectation:
    """One expectation: its own name within the suite, GX's type, and the sentence that must hold.

    `arguments` are GX's keyword arguments; `{"$PARAMETER": name}` stands for a value given at run time.
    """

    name: str
    type: str
    severity: Severity
    sentence: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Suite:
    """All expectations on one table. `subject` is how checks name the table."""

    name: str
    subject: str
    expectations: list[Expectation]

    def to_dict(self) -> dict[str, Any]:
        """As GX stores a suite; expectations by name. Raises ValueError where a name stands twice."""
        names = [expectation.name for expectation in self.expectations]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"suite {self.name}: more than one expectation is named {', '.join(sorted(twice))}")
        return {
            "expectations": [
                {
                    "description": expectation.sentence,
                    "id": self._id(expectation.name),
                    "kwargs": expectation.arguments,
                    "meta": {"name": expectation.name},
                    "severity": expectation.severity,
                    "type": expectation.type,
                }
                for expectation in sorted(self.expectations, key=lambda expectation: expectation.name)
            ],
            "id": self._id(""),
            "meta": {"subject": self.subject},
            "name": self.name,
            "notes": None,
        }

    def to_json(self) -> str:
        """The file's text."""
        return json.dumps(self.to_dict(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    def _id(self, name: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.name}/{name}"))
