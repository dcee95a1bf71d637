"""Bad files that come beside a night's good ones, and a day that is told wrong first and right the night after."""

from __future__ import annotations

import csv
import gzip
import os
from decimal import Decimal
from pathlib import Path

REPORT = 'Campaign report\n"June 30, 2026 - June 30, 2026"\nDay,{columns}Currency code,Impr.,Clicks,Cost\n'
COLUMNS = "Campaign,"

BAD = {
    "fruit.csv": ("apples,pears\n1,2\n", r"fruit\.csv: no known export of google_ads"),
    "two currencies.csv": (
        REPORT.format(columns=COLUMNS) + "2026-06-30,A,USD,100,5,12.50\n2026-06-30,B,VND,100,5,12.50\n",
        r"“Currency code” holds two currencies \(USD and VND\)",
    ),
    "negative.csv": (
        REPORT.format(columns=COLUMNS) + "2026-06-30,A,VND,100,5,-12.50\n",
        r"negative\.csv: refused by the landing gate .* cost is 0 or more; 1 of 1 rows break it \(row 1: -12\.5\)",
    ),
    "ids.csv": (
        REPORT.format(columns="Campaign ID,Campaign,") + "2026-06-30,1.20253E+17,A,VND,100,5,12\n",
        r"ids\.csv, row 1: the id “1\.20253E\+17” went through a spreadsheet",
    ),
    "renamed.csv": (
        REPORT.format(columns=COLUMNS).replace("Impr.", "Impressionz") + "2026-06-30,A,VND,100,5,12\n",
        r"column “Impr\.” is missing \(did you mean “Impressionz”\?\)",
    ),
    "future.csv": (
        REPORT.format(columns=COLUMNS).replace("2026", "2027") + "2027-06-30,A,VND,100,5,12\n",
        r"future\.csv: refused by the landing gate .* day of the export; .* \(row 1: 2027-06-30\)",
    ),
}
"""Files of google_ads/vn-main that are refused, by name: what they hold, and the sentence that says why."""

RESTATED_DAY = "2026-06-29"
WRONG_COST = 123_456
_EXPORTED = 1_782_849_600  # 2026-06-30 20:00 UTC: after the sample's own export of the day


def lay_bad_files(inbox: Path) -> None:
    """All of it at once: what is refused, what waits for a rate, and a report whose one good row is wrong."""
    ads = inbox / "google_ads"
    for name, (text, _) in BAD.items():
        _put(ads / "vn-main" / name, text.encode())
    _put(inbox / "ga4" / "vn-shop" / "cut.jsonl.gz", gzip.compress(b'{"event_date":"20260630"}\n')[:20])
    _put(inbox / "square" / "no-such-till" / "items.csv", b"Date,Time\n")
    report = REPORT.format(columns=COLUMNS).replace("June 30", "June 29")
    _put(
        ads / "vn-main" / "wrong.csv",
        f"{report}{RESTATED_DAY},A,VND,1000,50,{WRONG_COST}\n{RESTATED_DAY},B,VND,100,x,1\n"
        f",Total: Campaigns,VND,1100,50,{WRONG_COST + 1}\n".encode(),
    )
    no_rate = (
        REPORT.format(columns=COLUMNS).replace("June 30", "January 5").replace("2026", "2024")
        + "2024-01-05,A,USD,10,1,10.00\n,Total: Campaigns,USD,10,1,10.00\n"
    )
    _put(ads / "us-store" / "no rate yet.csv", no_rate.encode())


def restate(home: Path) -> None:
    """Exports the day again that `lay_bad_files` has told wrong: as the sample's own report, which has landed, has it."""
    [own] = (home / "archive" / "google_ads" / "vn-main").glob("*/Campaign report 2026-07-01.csv")
    title, _, header, *rows = own.read_text(encoding="utf-16").splitlines()
    day = [row for row in rows if row.startswith(RESTATED_DAY)]
    assert day
    names = header.split("\t")
    total = ["" for _ in names]
    total[names.index("Campaign")] = "Total: Campaigns"
    for name in ("Impr.", "Clicks", "Cost"):
        cells = [row[names.index(name)] for row in csv.reader(day, delimiter="\t")]
        total[names.index(name)] = str(sum(Decimal(cell.replace(",", "")) for cell in cells))
    again = "\n".join([title, '"June 29, 2026 - June 29, 2026"', header, *day, "\t".join(total), ""])
    _put(home / "inbox" / "google_ads" / "vn-main" / "restated.csv", again.encode("utf-16"), _EXPORTED + 3_600)


def _put(path: Path, content: bytes, exported: int = _EXPORTED) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (exported, exported))
