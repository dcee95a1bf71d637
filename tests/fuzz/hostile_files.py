"""Files made to harm who reads them, over thirty kinds, each with what must become of it.

A good file is one campaign report whose campaign is the file's number; what is hostile is put into its name, its
header, its cells, its encoding or its container. `becomes` is `landed`, or the words of the sentence that refuses it.
"""

from __future__ import annotations

import codecs
import csv
import functools
import gzip
import io
import json
import random
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from tests.support.workbooks import packed_workbook

LANDED: Final = "landed"
HEADER: Final = ("Day", "Campaign", "Currency code", "Impr.", "Clicks", "Cost")
DAMAGED_ZIP: Final = "the zip is damaged or protected"
DAMAGED_GZ: Final = "the gz is cut off or damaged"
UNKNOWN: Final = "no known export of google_ads"
GATE: Final = "refused by the landing gate"
NO_UTF_8: Final = "is not valid UTF-8"
BLANK: Final = "nothing but white space"
NOT_WHOLE: Final = "the row is not whole"
NO_OBJECT: Final = "no JSON object was found"


@dataclass(frozen=True)
class Hostile:
    """One file. `name` is what it is called in the inbox of `source`, `what` says it in words."""

    kind: str
    what: str
    content: bytes
    becomes: str
    source: str = "google_ads"
    name: str = ""
    campaign: str = ""
    """What must land as its campaign."""


Made = Iterator[tuple[str, bytes, str]]
"""What it is in words, its bytes, and what it becomes."""


def report(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> str:
    """A campaign report as csv."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows([header, *rows])
    return written.getvalue()


def row(campaign: str = "A", day: str = "2026-03-01", impressions: str = "1", cost: str = "1") -> tuple[str, ...]:
    """A row of it."""
    return day, campaign, "VND", impressions, "1", cost


def zipped(*members: tuple[str, bytes]) -> bytes:
    """A zip of members, also of those that have one name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


# what stands in names, headers and cells: data to us, orders to somebody

TEXTS: Final = {
    "a quote of SQL": "x'; drop table kpi; --",
    "a quoted name of SQL": 'x"; drop table kpi; --',
    "a comment of SQL": "x/*",
    "dollar quotes": "$$x$$ $1 ?",
    "a script": "<script>alert(1)</script>",
    "an image": "<img src=x onerror=alert(1)>",
    "an entity": "&lt;b&gt; &#0;",
    "a template": "{{ 7 * 7 }} {% raw %} ${7*7}",
    "a formula": '=HYPERLINK("http://x.example";"y")',
    "a formula of plus": "+1+cmd|' /C calc'!A0",
    "a formula of at": "@SUM(1)",
    "a shell": "$(id) `id` ; rm -rf . | cat",
    "colours of a terminal": "\x1b[31mred\x1b[0m",
    "a title of a terminal": "\x1b]0;owned\x07",
    "a cursor of a terminal": "a\x1b[2J\x1b[1;1Hb",
    "a control of eight bits": "\x9b31mred",
    "a bell and a backspace": "a\x07b\x08c",
    "a turned text": "\u202egnp.exe",
    "an isolated text": "\u2066x\u2069",
    "signs of no width": "a\u200b\ufeffb",
    "a letter with many marks": "Z" + "\u0301" * 60,
    "an emoji of parts": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "markup of rich": "[red]x[/red] [bold] [/]",
    "markup of markdown": "| a | `b` | [c](http://x.example)",
    "a pattern": "a*?[b]{c,d}",
    "a path": "x..%2f..%2fetc%2fpasswd",
    "a percent format": "%s %n %d {0} {}",
    "a pattern that explodes": "a" * 40 + "!",
    "a json": '{"a": [1]}',
    "a number with spaces": " 12 ",
}
_NAMES: Final = {
    "a line end": "a\nb", "a return": "a\rb", "a tab": "a\tb", "a backslash": "a\\b", "a leading dash": "-rf",
    "a device": "CON", "dots": "x...", "a colon": "C:x", "an accent of two parts": "Tê\u0301t", "the longest": "x" * 240,
    "a blank at its end": "x ", "a byte that is no UTF-8": "b\udce1o",
}  # fmt: skip


def names() -> Iterator[Hostile]:
    """Good reports under names that mean something to a shell, a terminal, a page or a database."""
    for number, (what, text) in enumerate({**TEXTS, **_NAMES}.items()):
        name = f"{text.replace('/', '_')}.csv"
        yield Hostile("name", what, report(row(f"name {number}")).encode(), LANDED, name=name)


def headers() -> Made:
    """A column more, whose name means something."""
    for what, text in TEXTS.items():
        content = report((*row(), "1"), header=(*HEADER, text)).encode()
        yield what, content, UNKNOWN if text.strip() else LANDED


def repeated_headers() -> Made:
    """One header twice, and a thousand times."""
    yield "equal values", report((*row("twice"), "1"), header=(*HEADER, "Impr.")).encode(), UNKNOWN
    yield "other values", report((*row(), "2"), header=(*HEADER, "Impr.")).encode(), UNKNOWN
    many = (*HEADER, *["Impr."] * 1_000)
    yield "a thousand", report((*row("many"), *["1"] * 1_000), header=many).encode(), UNKNOWN
    yield "all of them", report(row() * 2, header=HEADER * 2).encode(), UNKNOWN
    yield "no names", report(row(), header=("",) * 6).encode(), UNKNOWN


def many_columns() -> Made:
    """Tables that are wider than any export."""
    for count in (10_000, 100_000, 1_000_000):
        line = ("Day,Campaign,Currency code,Impr.,Clicks,Cost" + ",c" * count)[:2_000_000]
        yield (
            f"{count:,}",
            f"{line}\n2026-03-01,A,VND,1,1,1{',1' * count}\n".encode(),
            "more than 5,000 (limits.columns",
        )
    yield "delimiters alone", b"," * 1_000_000, "more than 5,000 (limits.columns"
    yield "tabs alone", b"\t" * 1_000_000, "nothing but white space"
    wide = report(row()).rstrip("\n") + "," * 100_000 + "\n"
    yield "one long row", wide.encode(), LANDED


NUMBERS: Final = (
    "1e400", "-1e400", "NaN", "nan", "Infinity", "-inf", "∞", "99999999999999999999999", "1.5", "0x10", "1e5", "1_000",
    "１２", "٣", "1 000 000 000 000 000 000 000", "--", "", "1,2,3", "-0", "+5", "1/0", "null", "true", "½", "1" * 5_000,
)  # fmt: skip
DAYS: Final = (
    "0000-00-00", "9999-99-99", "2026-02-30", "292278995-01-01", "-0001-01-01", "1e9", "today", "epoch", "infinity",
    "2026-03-01T25:61:61", "2026-13-01", "1900-01-00", "99999999999", "NaN",
)  # fmt: skip


def numbers() -> Made:
    """A count beyond all bounds, or none at all."""
    becomes = {"--": GATE, "": GATE, "+5": LANDED, "-0": LANDED}
    for text in NUMBERS:
        content = report(row(f"number {text[:20]}", impressions=text)).encode()
        yield f"“{text[:20]}”", content, becomes.get(text, "is no whole number")


def days() -> Made:
    """A day that the calendar does not have."""
    for text in DAYS:
        yield f"“{text}”", report(row(day=text)).encode(), "is no date"


def encodings() -> Made:
    """Bytes that are not what they say they are."""
    text = report(row("Tết — ưu đãi"))
    yield "UTF-16 without a mark", text.encode("utf-16-le"), LANDED
    yield "UTF-16 under a mark of UTF-8", codecs.BOM_UTF8 + text.encode("utf-16-le"), NO_UTF_8
    yield "UTF-8 under a mark of UTF-16", codecs.BOM_UTF16_LE + text.encode(), UNKNOWN
    yield "UTF-8 under another mark of UTF-16", codecs.BOM_UTF16_BE + text.encode(), UNKNOWN
    yield "UTF-16 of the wrong order", codecs.BOM_UTF16_LE + text.encode("utf-16-be"), UNKNOWN
    yield "UTF-32", text.encode("utf-32"), LANDED
    yield "UTF-7", text.encode("utf-7"), LANDED
    yield "Vietnamese of Windows", text.replace("ế", "e").replace("—", "-").encode("cp1258", "ignore"), NO_UTF_8
    yield "two marks", codecs.BOM_UTF8 * 2 + text.encode(), LANDED
    yield "a mark in the midst", text.replace("Tết", "\ufeffTết").encode(), LANDED
    yield "a cut letter", text.encode()[:-8] + b"\xe1\xba", NO_UTF_8
    yield "overlong letters", text.encode().replace(b"VND", b"V\xc0\xafD"), NO_UTF_8
    yield "surrogates", text.encode().replace(b"VND", b"\xed\xa0\x80D"), NO_UTF_8
    yield "NULs between", b"\0".join(text.encode().split(b",")), UNKNOWN
    yield "a NUL in a cell", text.encode().replace(b"VND", b"VN\0D"), LANDED
    yield "NULs at the end", text.encode() + b"\0" * 4_096, UNKNOWN
    yield "half UTF-16", text.encode() + text.encode("utf-16-le"), UNKNOWN
    yield "EBCDIC", report(row()).encode("cp500"), NO_UTF_8


def nothing() -> Made:
    """Files that hold nothing, in many ways."""
    yield "no byte", b"", "the file is empty (0 bytes)"
    for what, content in {
        "a blank": b" ",
        "line ends": b"\n" * 100_000,
        "a mark": codecs.BOM_UTF8,
        "tabs": b"\t\n",
    }.items():
        yield what, content, "nothing but white space"
    yield "marks of UTF-16", codecs.BOM_UTF16_LE, "nothing but white space"
    yield "NULs", b"\0" * 100_000, BLANK
    yield "a packed nothing", gzip.compress(b""), "the file is empty inside its gz"
    yield "an empty zip", zipped(), "the zip holds no file"
    yield "a zip of nothing", zipped(("a.csv", b"")), "the file is empty (0 bytes)"
    yield "a zip of folders", zipped(("a/", b""), ("b/", b"")), "the zip holds no file"
    yield "a header", report().encode(), LANDED
    yield "a quote", b'"', UNKNOWN
    yield "a comma", b",", UNKNOWN


def quotes() -> Made:
    """Quotes that never end, and line ends of every kind."""
    good = report(row("quotes"))
    yield "a quote that never ends", (good + '2026-03-02,"A,VND,1,1,1\n').encode(), LANDED
    yield "quotes alone", (good + '"' * 300_001).encode(), LANDED
    yield "a quote in a cell", (good + '2026-03-02,A"b"c,VND,1,1,1\n').encode(), LANDED
    yield "old line ends", good.replace("\n", "\r").encode(), LANDED
    yield "mixed line ends", (good.replace("\n", "\r\n") + "2026-03-02,A,VND,1,1,1\n").encode(), LANDED
    yield "blank lines", (HEADER_LINE + "\n" * 300_000 + "2026-03-01,blank,VND,1,1,1\n").encode(), LANDED
    yield "a row too short", (good + "2026-03-02\n").encode(), LANDED
    yield "backslashes", (good + '2026-03-02,"a\\",VND,1,1,1\n').encode(), LANDED


HEADER_LINE: Final = ",".join(HEADER) + "\n"


def long_cells() -> Made:
    """A cell beyond the longest record."""
    yield "5 MB", report(row("x" * 5_000_000)).encode(), LANDED
    yield "17 MB", report(row("x" * 17_000_000)).encode(), NOT_WHOLE
    yield "17 MB of lines", report(row("x\n" * 8_500_000)).encode(), NOT_WHOLE
    yield "a long header", report((*row(), "1"), header=(*HEADER, "h" * 1_000_000)).encode(), UNKNOWN


def zips() -> Made:
    """Zips that leave their folder, hold links, lie or are damaged."""
    good = report(row("zip")).encode()
    for number, name in enumerate(("../../../x.csv", "/etc/x.csv", "C:\\x.csv", "..\\x.csv", "a/../../x.csv", "\x1b[31m.csv",
                                   "x\0y.csv", "nul\u202evsc", "'; drop table x; --.csv")):  # fmt: skip
        yield f"a member named {name!a}", zipped((name, report(row(f"slip {number}")).encode())), LANDED
    link = zipfile.ZipInfo("link.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    yield "a symbolic link", made.getvalue(), UNKNOWN
    yield (
        "two members of one name",
        zipped(("a.csv", report(row("one")).encode()), ("a.csv", report(row("two")).encode())),
        LANDED,
    )
    whole = zipped(("a.csv", good))
    flags = bytearray(whole)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flags[whole.index(mark) + at] |= 1
    yield "a password", bytes(flags), DAMAGED_ZIP
    for share in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        yield f"cut at {share:.0%}", whole[: int(len(whole) * share)], DAMAGED_ZIP
    spoilt = bytearray(whole)
    spoilt[whole.index(b"a.csv") + 20] ^= 0xFF
    yield "a bit that is not what was packed", bytes(spoilt), DAMAGED_ZIP
    method = whole.replace(b"\x08\x00", b"\x63\x00")
    yield "an unknown way of packing", method, DAMAGED_ZIP
    size = bytearray(whole)
    struct.pack_into("<I", size, whole.index(b"PK\x01\x02") + 24, 10)
    yield "a false size", bytes(size), DAMAGED_ZIP
    yield "something before it", b"x" * 100 + whole, NO_UTF_8
    yield "something behind it", whole + b"x" * 100, LANDED


def nested() -> Made:
    """Archives inside each other."""
    for deepest in range(1, 6):
        packed = report(row(f"nested {deepest}")).encode()
        for depth in range(deepest):
            packed = zipped((f"{depth}.zip" if depth else "a.csv", packed))
        yield f"{deepest} deep", packed, LANDED if deepest <= 3 else "an archive in an archive in an archive"
    yield "a gz in a gz", gzip.compress(gzip.compress(report(row("gz in gz")).encode())), NO_UTF_8
    yield "a gz in a zip", zipped(("a.csv.gz", gzip.compress(report(row("gz in zip")).encode()))), LANDED
    yield "a workbook in a zip", zipped(("a.xlsx", packed_workbook([HEADER, row("book in zip")]))), LANDED
    yield "6,000 members", zipped(*((f"{n}.csv", b"a") for n in range(6_000))), "more than 5,000 files"
    hundred = zipped(*((f"{n}.csv", b"a") for n in range(100)))
    yield "60 zips of 100 members", zipped(*((f"{n}.zip", hundred) for n in range(60))), "more than 5,000 files"


def floods() -> Made:
    """What unpacks to far more than it is."""
    zeros = b"0" * (1 << 20)
    deflated = zlib.compressobj(9, zlib.DEFLATED, 31)
    flood = b"".join([*(deflated.compress(zeros) for _ in range(400)), deflated.flush()])
    yield "a gz of 400 MB", flood, "further than exports shrink"
    lines = (json.dumps({"event_date": "20260301", "a": "b"}) + "\n").encode() * 1_000
    deflated = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join([*(deflated.compress(lines) for _ in range(9_000)), deflated.flush()])
    yield "packed JSON lines", packed, "further than exports shrink"
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated_zeros = b"".join([*(raw.compress(zeros) for _ in range(400)), raw.flush()])
    yield "a zip of 400 MB", _stored_deflate("a.csv", deflated_zeros, 400 << 20, zeros), "further than exports shrink"


def _stored_deflate(name: str, packed: bytes, size: int, piece: bytes) -> bytes:
    """A zip whose only member is packed already."""
    crc = 0
    for _ in range(size // len(piece)):
        crc = zlib.crc32(piece, crc)
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x5C61, crc, len(packed), size, len(name), 0)
    local = b"PK\x03\x04" + head + name.encode() + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode()
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def gzs() -> Made:
    """Gz that is cut, lies or goes on."""
    good = report(*(row(f"gz {n}", day=f"2026-03-{n:02}") for n in range(1, 29))).encode()
    whole = gzip.compress(good)
    for share in (0.05, 0.2, 0.4, 0.6, 0.8, 0.99):
        yield f"cut at {share:.0%}", whole[: int(len(whole) * share)], DAMAGED_GZ
    yield "a false size", whole[:-4] + struct.pack("<I", 5), DAMAGED_GZ
    yield "a false check sum", whole[:-8] + b"\0\0\0\0" + whole[-4:], DAMAGED_GZ
    yield "two of them", gzip.compress(good) + gzip.compress(good.split(b"\n", 1)[1].replace(b"gz", b"gz2")), LANDED
    yield "something behind it", whole + b"garbage", DAMAGED_GZ
    yield "NULs behind it", whole + b"\0" * 512, LANDED
    yield "only its mark", b"\x1f\x8b", DAMAGED_GZ
    yield "an unknown way of packing", b"\x1f\x8b\x07" + whole[3:], DAMAGED_GZ


def workbooks() -> Made:
    """Workbooks that are endless, cut, protected, or hold what a workbook may and a report does not."""
    rows = [HEADER, row("book")]
    whole = packed_workbook(rows)
    for share in (0.1, 0.4, 0.7, 0.95):
        yield f"cut at {share:.0%}", whole[: int(len(whole) * share)], DAMAGED_ZIP
    yield "a password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5_000, "an old Excel workbook"
    yield (
        "macros",
        packed_workbook([HEADER, row("macros")], more={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"}),
        LANDED,
    )
    far = {"XFD1048576": "cells", "A100000": "", "XFD1": "columns", "ZZ99999": "cells", "AAA30000": "cells"}
    for cell, limit in far.items():
        becomes = {"cells": "(limits.sheet_cells", "columns": "(limits.columns", "": GATE}[limit]
        yield f"a blank cell in {cell}", packed_workbook([HEADER, row(f"far {cell}")], blank=cell), becomes
    yield (
        "a text shared too often",
        packed_workbook([HEADER], shared=("x" * 32_000, 100_000)),
        "further than exports shrink",
    )
    yield "a text shared often", packed_workbook([HEADER], shared=("2026-03-01", 1_000)), GATE
    laughs = (
        '<!DOCTYPE x [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
        + "]>"
    )
    yield "a billion laughs", packed_workbook([HEADER, row("&k;")], doctype=laughs, raw=True), "unrecognized entity"
    outside = '<!DOCTYPE x [<!ENTITY k SYSTEM "file:///etc/passwd">]>'
    yield (
        "an entity from outside",
        packed_workbook([HEADER, row("&k;")], doctype=outside, raw=True),
        "unrecognized entity",
    )
    yield "a sheet that is not there", packed_workbook(rows, sheet="nowhere.xml"), "the workbook cannot be read"
    yield "a sheet outside", packed_workbook(rows, sheet="../../../etc/passwd"), "the workbook cannot be read"
    yield "broken XML", packed_workbook([HEADER, row("<c></row>")], raw=True), GATE
    yield "a merge over all", packed_workbook([HEADER, row("merged")], merged="A1:XFD1048576"), LANDED
    yield "rows backwards", packed_workbook([HEADER, row("backwards")], first=50_000), GATE
    yield "a formula", packed_workbook([HEADER, row("=cmd|' /C calc'!A0")]), LANDED
    yield "no sheet", zipped(("[Content_Types].xml", b"<Types/>")), "the workbook cannot be read"
    yield (
        "a flood in a picture",
        packed_workbook(rows, more={"xl/media/a.png": b"0" * (300 << 20)}),
        "further than exports shrink",
    )


def parquets(of_events: bool) -> Made:
    """Parquet of another table, and damaged; where the source has no Parquet it is not even opened."""
    damaged = "the Parquet file is damaged" if of_events else "Parquet that is no table of google_ads"
    whole = _parquet()
    yield "whole", whole, "member “event_date” is missing" if of_events else damaged
    for share in (0.1, 0.5, 0.9):
        yield f"cut at {share:.0%}", whole[: int(len(whole) * share)], damaged
    yield "only its mark", b"PAR1", damaged
    yield "marks around nothing", b"PAR1" + b"\xff\xff\xff\x7f" + b"PAR1", damaged
    for seed in range(8):
        chance = random.Random(seed)
        spoilt = bytearray(whole)
        for _ in range(20):
            spoilt[chance.randrange(4, len(spoilt) - 8)] = chance.randrange(256)
        yield f"spoilt by chance {seed}", bytes(spoilt), f"{damaged} | member “event_date” is missing"


def _parquet() -> bytes:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        target = Path(folder) / "a.parquet"
        connection.execute(
            f"copy (select 'x' as event_name, range as n from range(100)) to '{target}' (format parquet)"
        )
        return target.read_bytes()


def strangers() -> Made:
    """Files of another kind that are named csv."""
    yield "a page of a log-in", b"<!DOCTYPE html><html><body>Please sign in</body></html>", UNKNOWN
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "is not valid UTF-8"
    yield "a program", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20, "is not valid UTF-8"
    yield "a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is not valid UTF-8"
    yield "a script", b"#!/bin/sh\nrm -rf .\n", UNKNOWN
    yield "a 7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 100, UNKNOWN
    yield "a rar", b"Rar!\x1a\x07\x01\x00" + b"\xff" * 100, NO_UTF_8
    yield "a tar", b"a.csv" + b"\0" * 95 + b"0000644\0" + b"\0" * 400, UNKNOWN
    yield "a database", b"SQLite format 3\0" + b"\0" * 100, UNKNOWN
    for seed in range(8):
        yield f"noise {seed}", random.Random(seed).randbytes(3_000), NO_UTF_8


EVENT: Final = {
    "event_date": "20260301",
    "event_timestamp": "1772323200000000",
    "event_name": "x",
    "user_pseudo_id": "1.2",
}


def events() -> Made:
    """JSON of site events."""
    line = json.dumps(EVENT)

    def of(member: str) -> bytes:
        return (line[:-1] + f", {member}" + "}\n").encode()

    deep = 50_000
    yield "deep objects", of('"device": ' + '{"a":' * deep + "1" + "}" * deep), "lists and objects inside each other"
    yield "deep lists", of('"device": ' + "[" * deep + "1" + "]" * deep), "lists and objects inside each other"
    yield "depth that never ends", b"[" * 5_000_000, "lists and objects inside each other"
    yield "packed depth", gzip.compress(b'{"a":' * 100_000), "lists and objects inside each other"
    yield "depth in steps", of('"device": ' + "[1,[],[" * deep + "]" * 2 * deep), NO_OBJECT
    yield "a member twice", of('"event_name": "y"'), LANDED
    yield "NaN", of('"event_value_in_usd": NaN'), LANDED
    yield "Infinity", of('"event_value_in_usd": Infinity'), LANDED
    yield "1e400", of('"event_value_in_usd": 1e400'), LANDED
    yield "a number of 100,000 digits", of('"event_value_in_usd": ' + "9" * 100_000), NO_OBJECT
    yield "half a surrogate", of('"platform": "\\ud83d"'), "the line is no JSON object"
    yield "a NUL", of('"platform": "a\\u0000b"'), LANDED
    yield "an event without a member", b'{"event_name": "x"}\n', "JSON that is no table of ga4"
    yield "a list of numbers", b"[1, 2, 3]", NO_OBJECT
    yield "a text", b'"x"', "no known export of ga4"
    yield "cut", line[:-10].encode(), NO_OBJECT
    yield "a comma too many", (line[:-1] + ",}\n").encode(), NO_OBJECT
    yield "a line of another kind", (line + "\n[1]\n").encode(), LANDED
    yield "a mark", codecs.BOM_UTF8 + line.encode(), LANDED
    yield "UTF-16", line.encode("utf-16"), LANDED
    yield "a member of 17 MB", of('"platform": "' + "x" * 17_000_000 + '"'), NO_OBJECT
    yield "a hundred thousand members", of(", ".join(f'"m{n}": {n}' for n in range(100_000))), LANDED
    yield "an element of 17 MB", b"[" + line[:-1].encode() + b', "a": "' + b"x" * 17_000_000 + b'"}]', NO_OBJECT
    yield "SQL in a member", of('"x\'; drop table y; --": 1'), LANDED


def events_as_reports() -> Made:
    """The same in the folder of a source that has no JSON."""
    for what, content, becomes in events():
        refused = "JSON that is no table of google_ads | no known export of google_ads"
        yield what, content, becomes if "inside each other" in becomes else refused


KINDS: Final[dict[str, tuple[Callable[[], Made], str, str]]] = {
    "header": (headers, "google_ads", "csv"),
    "repeated header": (repeated_headers, "google_ads", "csv"),
    "many columns": (many_columns, "google_ads", "csv"),
    "number": (numbers, "google_ads", "csv"),
    "day": (days, "google_ads", "csv"),
    "encoding": (encodings, "google_ads", "csv"),
    "nothing": (nothing, "google_ads", "csv"),
    "quote": (quotes, "google_ads", "csv"),
    "long cell": (long_cells, "google_ads", "csv"),
    "zip": (zips, "google_ads", "zip"),
    "nested": (nested, "google_ads", "zip"),
    "flood": (floods, "google_ads", "gz"),
    "gz": (gzs, "google_ads", "csv.gz"),
    "workbook": (workbooks, "google_ads", "xlsx"),
    "parquet": (functools.partial(parquets, False), "google_ads", "csv"),
    "parquet of events": (functools.partial(parquets, True), "ga4", "parquet"),
    "stranger": (strangers, "google_ads", "csv"),
    "event": (events, "ga4", "json"),
    "event named csv": (events_as_reports, "google_ads", "csv"),
}


@functools.cache
def hostile_files() -> list[Hostile]:
    """All of them, in an order that stays."""
    made = [*names()]
    made += [
        Hostile("cell", what, report(row(text)).encode(), LANDED, name=f"cell {number}.csv", campaign=text)
        for number, (what, text) in enumerate(TEXTS.items())
    ]
    for kind, (make, source, extension) in KINDS.items():
        made += [
            Hostile(kind, what, content, becomes, source, f"{kind} {number}.{extension}")
            for number, (what, content, becomes) in enumerate(make())
        ]
    return made
