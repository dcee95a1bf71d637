"""Small static HTML pages without anything from outside: one style, everything escaped.

Texts come from file names, cells and messages that other people wrote, so nothing reaches a page but
through `text`. A `Markup` is HTML that this program made; only `join` and `tag` make it.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final, NewType

Markup = NewType("Markup", str)

_STYLE: Final = """
:root{--ink:#1c2430;--soft:#5b6675;--line:#dfe4ea;--paper:#fff;--band:#f5f7f9;--good:#17734a;--warn:#8a5a00;
--bad:#b3261e;--mark:#2456a6}
*{box-sizing:border-box}
body{margin:0;background:var(--band);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans",sans-serif}
main{max-width:68rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}h3{font-size:1rem;margin:1.2rem 0 .4rem}
p{margin:.3rem 0}.soft{color:var(--soft)}.small{font-size:.875rem}
a{color:var(--mark)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.75rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;break-inside:avoid}
.card .value{font-size:1.5rem;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.banner{border-left:.35rem solid;border-radius:.3rem;background:var(--paper);padding:.7rem 1rem;margin:1rem 0}
.scroll{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:.5rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.45rem .7rem;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:anywhere}
th{background:var(--band);font-weight:600;white-space:nowrap}tr:last-child td{border-bottom:0}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
details{background:var(--paper);border:1px solid var(--line);border-radius:.5rem;margin:.4rem 0}
summary{cursor:pointer;padding:.55rem .9rem;overflow-wrap:anywhere}details .scroll{border:0;border-radius:0}
svg{display:block;margin-top:.4rem;color:var(--mark)}
@media print{body{background:#fff;font-size:12px}main{max-width:none;padding:0}details{break-inside:avoid}}
"""


def text(value: object) -> Markup:
    """Any text, escaped; None is empty."""
    return Markup("" if value is None else escape(str(value), quote=True))


def join(parts: Iterable[Markup]) -> Markup:
    """Pieces of HTML one after the other."""
    return Markup("".join(parts))


def tag(name: str, *content: Markup, **attributes: str) -> Markup:
    """An element; attribute values are escaped (`class_` gives class, `_` in a name gives -)."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value, quote=True)}"' for key, value in attributes.items()
    )
    return Markup(f"<{name}{given}>{''.join(content)}</{name}>")


def table(headers: list[str], rows: Iterable[list[Markup]], numbers: frozenset[int] = frozenset()) -> Markup:
    """A table that scrolls sideways on a narrow screen; `numbers`: columns that are set right."""

    def cells(name: str, row: Iterable[Markup]) -> Markup:
        return tag(
            "tr",
            *(tag(name, cell, class_="number") if i in numbers else tag(name, cell) for i, cell in enumerate(row)),
        )

    head = tag("thead", cells("th", map(text, headers)))
    return tag("div", tag("table", head, tag("tbody", *(cells("td", row) for row in rows))), class_="scroll")


def page(title: str, language: str, *body: Markup) -> str:
    """A whole HTML page with the style inside."""
    return (
        f'<!doctype html>\n<html lang="{text(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # whatever a text may smuggle in: nothing is loaded and no script runs
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{text(title)}</title><style>{_STYLE}</style></head><body><main>{join(body)}</main></body></html>\n"
    )
