"""What a report page holds: its blocks of data, opened as the page opens them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any


def shell(html: str) -> dict[str, Any]:
    """What the page knows before it opens a block: names, settings, texts, charts."""
    return json.loads(_between(html, '<script type="application/json" id="shell">'))


def block(html: str, name: str) -> Any:
    """A block of the page's data."""
    return json.loads(
        zlib.decompress(base64.b64decode(_between(html, f'<script type="application/x-deflate" id="block-{name}">')))
    )


def blocks(html: str) -> list[str]:
    """The names of its blocks."""
    return re.findall(r'id="block-(\w+)"', html)


def _between(html: str, tag: str) -> str:
    return html.partition(tag)[2].partition("</script>")[0]
