"""Whether two contracts of a table read files alike: a hash of all that decides what lands."""

from __future__ import annotations

import hashlib
import json

from raceway.contracts.grammar import TableContract

_LENGTH = 16


def fingerprint(table: TableContract) -> str:
    """A hash of a table's contract as its account's files are read: columns with types, and every rule.

    Descriptions do not count, nor does a rule that stands at its default: a new word of the language changes no
    contract that does not use it.
    """
    said = {
        "table": table.full_name,
        # what is compared after landing changes nothing that lands
        "meta": table.meta.model_dump(mode="json", exclude_defaults=True, exclude={"reconciles"}),
        "columns": [
            [column.name, column.data_type, column.meta.model_dump(mode="json", exclude_defaults=True)]
            for column in table.columns
        ],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:_LENGTH]
