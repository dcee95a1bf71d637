"""What was found of the batches of a table, kept beside them: a night judges what is new, and nothing twice.

    landing/<source>/<table>__verdicts.json    of each batch the chain of all before it, and what was found of it

What is found of a batch depends on the batches before it (by export), the decisions about them, the contract, the
holidays and the rules; a hash over all of them says whether it still holds. The file is a copy: without it everything
is found anew.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from raceway.build.plausible.case import Oddity
from raceway.common.files import remove, write_aside
from raceway.config.accounts import Accounts
from raceway.config.settings import Settings
from raceway.contracts.load import load_contract
from raceway.landing import profile
from raceway.ledger.states import BatchState


@dataclass
class Found:
    """What was found of one batch."""

    oddities: list[Oddity] = field(default_factory=list)
    lacks_baseline: bool = False
    turned_by: str = ""
    """The batch that was exported before it, came after it was judged, and turned the verdict."""

    @property
    def holds(self) -> bool:
        """Whether an oddity holds the batch."""
        return any(oddity.is_held for oddity in self.oddities)


class Kept:
    """What is kept of one table's batches, given in order."""

    def __init__(self, batches: Sequence[BatchState], accounts: Accounts, settings: Settings) -> None:
        first = batches[0]
        self._path = first.home.landing / first.source / f"{first.table}__verdicts.json"
        self._before = _read(self._path)
        self._order = [batch.batch_id for batch in batches]
        table = load_contract(first.source, first.home).table(first.table)
        said = [_rules(), table.model_dump_json(), _text(first.home.holidays), str(settings.gate.tolerance)]
        zones = sorted({(b.account, accounts[b.source, b.account].time_zone) for b in batches})
        chain = hashlib.sha256(json.dumps([said, zones]).encode()).hexdigest()
        self._chains: dict[str, str] = {}
        self._found: dict[str, Found] = {}
        for batch in batches:
            what = [chain, batch.batch_id, *map(str, batch.rank), batch.is_decided_by_a_person, batch.begins_level]
            what += [str(batch.covers_from), str(batch.covers_to), batch.rows_landed]
            chain = hashlib.sha256(json.dumps(what).encode()).hexdigest()
            self._chains[batch.batch_id] = chain
            known = self._before.get(batch.batch_id)
            if known is not None and known[0] == chain:
                self._found[batch.batch_id] = known[1]
        self._is_new = len(self._found) < len(self._before) or len(self._found) < len(batches)

    def found(self, batch: BatchState) -> Found | None:
        """What was found of a batch; None where it is to be found anew."""
        return self._found.get(batch.batch_id)

    def keep(self, batch: BatchState, found: Found) -> None:
        """Keeps what was found; where it turned, with the earlier export that came since."""
        known = self._before.get(batch.batch_id)
        if known is not None:
            found.turned_by = known[1].turned_by
            if known[1].holds != found.holds and not batch.is_decided_by_a_person:
                earlier = self._order[: self._order.index(batch.batch_id)]
                found.turned_by = next((one for one in reversed(earlier) if one not in self._before), "")
        self._found[batch.batch_id] = found

    def write(self) -> None:
        """Writes what is kept, where something is new."""
        if self._is_new:
            values = {one: [self._chains[one], dataclasses.asdict(found)] for one, found in self._found.items()}
            said = json.dumps(values, ensure_ascii=False, default=_plain)
            if self._path.is_dir() and not self._path.is_symlink():
                remove(self._path)
            write_aside(self._path, json.dumps({"sha256": _hash(said), "found": said}, ensure_ascii=False))


def _read(path: Path) -> dict[str, tuple[str, Found]]:
    """What is kept; nothing where the file is not as it was written: then all is found anew."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        if whole["sha256"] != _hash(whole["found"]):
            return {}
        return {
            batch: (chain, Found([Oddity(**one) for one in said.pop("oddities")], **said))
            for batch, (chain, said) in json.loads(whole["found"]).items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A number or truth of numpy as Python's own."""
    return value.item()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


@functools.cache
def _rules() -> str:
    """A hash of the program's rules and of how a profile is made."""
    digest = hashlib.sha256()
    for path in [*sorted(Path(__file__).parent.glob("*.py")), Path(profile.__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()
