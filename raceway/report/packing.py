"""One file that holds everything: scripts and styles with their hashes, data deflated.

The page's content security policy names each script and style by the hash of its text, so nothing else runs, whatever
a name or a comment of a file may smuggle in. Data are no script: a block of a type that browsers do not run.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import zlib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from markupsafe import Markup

ASSETS: Final = Path(__file__).parent / "assets"
_LEVEL: Final = 6
"""Of zlib: 9 takes three times as long for two parts in a hundred."""


@dataclass(frozen=True)
class Inlined:
    """A script or style of ours, as it stands between its tags."""

    text: Markup
    hash: str
    """As a content security policy names it."""


@functools.cache
def inlined(*files: Path) -> Inlined:
    """Files of the program, one behind the other. Raises ValueError where one would end its own element."""
    from markupsafe import Markup  # comes with Jinja, which only a page needs

    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    text = "\n".join(line for line in text.splitlines() if not line.startswith("//# sourceMappingURL="))
    if "</script" in text.lower() or "</style" in text.lower() or "<!--" in text:
        raise ValueError(f"{', '.join(file.name for file in files)}: holds what ends or changes an element of HTML")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inlined(Markup(text), f"'sha256-{digest}'")  # noqa: S704  # the program's own text, checked above


def packed(data: Any) -> str:
    """JSON, deflated and in base64, as the page's `load` opens it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)
    return base64.b64encode(zlib.compress(text.encode(), _LEVEL)).decode()


def _plain(value: Any) -> str | float:
    """Days as text and decimals as numbers, as the page reads them."""
    return float(value) if isinstance(value, Decimal) else str(value)


def plain(data: Any) -> Markup:
    """JSON that may stand in a data block: no sign of it opens or closes an element."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704  # escaped on this line
