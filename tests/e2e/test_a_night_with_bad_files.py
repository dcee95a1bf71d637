"""Bad files end refused with a sentence; what came beside them is published the same night."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import rows, version
from tests.support.command_line import Ran, raceway

pytestmark = pytest.mark.xdist_group("sample_night")

AS_OF = "2026-07-21"
EXPORTED = 1_782_950_400  # 2026-07-02 00:00 UTC
REPORT = 'Campaign report\n"July 1, 2026 - July 1, 2026"\nDay,{columns}Currency code,Impr.,Clicks,Cost\n'
COLUMNS = "Campaign,"

BAD = {
    "fruit.csv": ("apples,pears\n1,2\n", r"fruit\.csv: no known export of google_ads"),
    "two currencies.csv": (
        REPORT.format(columns=COLUMNS) + "2026-07-01,A,USD,100,5,12.50\n2026-07-01,B,VND,100,5,12.50\n",
        r"“Currency code” holds two currencies \(USD and VND\)",
    ),
    "negative.csv": (
        REPORT.format(columns=COLUMNS) + "2026-07-01,A,VND,100,5,-12.50\n",
        r"negative\.csv: refused by the landing gate .* cost is 0 or more; 1 of 1 rows break it \(row 1: -12\.5\)",
    ),
    "ids.csv": (
        REPORT.format(columns="Campaign ID,Campaign,") + "2026-07-01,1.20253E+17,A,VND,100,5,12\n",
        r"ids\.csv, row 1: the id “1\.20253E\+17” went through a spreadsheet",
    ),
    "renamed.csv": (
        REPORT.format(columns=COLUMNS).replace("Impr.", "Impressionz") + "2026-07-01,A,VND,100,5,12\n",
        r"column “Impr\.” is missing \(did you mean “Impressionz”\?\)",
    ),
    "future.csv": (
        REPORT.format(columns=COLUMNS).replace("2026", "2036") + "2036-07-01,A,VND,100,5,12\n",
        r"future\.csv: refused by the landing gate .* day of the export; .* \(row 1: 2036-07-01\)",
    ),
}


@dataclass(frozen=True)
class Night:
    """The home after a second night, and what it was before."""

    home: Path
    ran: Ran
    version_before: str
    spend_before: list[tuple[object, ...]]


SPEND = (
    "select period_start, value from race_measure where measure = 'ad_spend' and period = 'day'"
    " and channel = 'all' and market = 'all' and period_start <> '2026-06-29' order by 1"
)


@pytest.fixture(scope="module")
def night(sample_nights: tuple[Path, Ran], tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One night with all of it at once: bad files, a good one, a restated day, and costs without a rate."""
    home = tmp_path_factory.mktemp("bad") / "home"
    shutil.copytree(sample_nights[0], home, symlinks=True)
    before = version(home), rows(home, SPEND)
    ads = home / "inbox" / "google_ads"
    for name, (text, _) in BAD.items():
        _put(ads / "vn-main" / name, text.encode())
    _put(home / "inbox" / "ga4" / "vn-shop" / "cut.jsonl.gz", gzip.compress(b'{"event_date":"20260701"}\n')[:20])
    _put(home / "inbox" / "square" / "no-such-till" / "items.csv", b"Date,Time\n")
    good = REPORT.format(columns=COLUMNS) + "2026-07-01,Thương hiệu,VND,1000,50,123456\n2026-07-01,B,VND,100,x,1\n"
    _put(ads / "vn-main" / "good.csv", good.encode())
    restated = REPORT.format(columns=COLUMNS).replace("July 1", "June 29") + "2026-06-29,A,VND,10,1,1000\n"
    _put(ads / "vn-main" / "restated.csv", restated.encode())
    no_rate = REPORT.format(columns=COLUMNS).replace("July 1", "July 20") + "2026-07-20,A,USD,10,1,10.00\n"
    _put(ads / "us-store" / "no rate yet.csv", no_rate.encode(), EXPORTED + 19 * 86_400)
    return Night(home, raceway(home, "run", "--as-of", AS_OF, "--strict"), *before)


def test_bad_files_are_refused_with_reasons_and_the_good_one_beside_them_is_published(night: Night) -> None:
    assert night.ran.code == 3, night.ran.out + night.ran.err
    assert version(night.home) != night.version_before
    reasons = dict(
        rows(night.home, "select files, reason from batch_history where status = 'refused' and reason <> ''")
    )
    told = "\n".join(reasons.values())
    for name, (_, sentence) in BAD.items():
        assert any(name in files for files in reasons), name
        assert _matches(sentence, told), f"{sentence}\n{told}"
    assert _matches(r"cut\.jsonl\.gz: the gz is cut off or damaged", told)
    assert _matches(r"accounts\.csv has no account 'no-such-till' of square \(it has: us-store\)", told)
    assert rows(
        night.home,
        "select value from race_measure where measure = 'ad_spend' and period = 'day'"
        " and period_start = '2026-07-01' and channel = 'all' and market = 'all'",
    ) == [(123456,)]
    assert rows(
        night.home, "select rows_read, rows_landed, rows_refused from batch_history where files like '%good.csv%'"
    ) == [(2, 1, 1)]


def test_a_restated_day_replaces_only_that_day_and_history_says_so(night: Night) -> None:
    assert [row for row in rows(night.home, SPEND) if str(row[0]) < "2026-07-01"] == night.spend_before
    assert rows(night.home, SPEND.replace("<> '2026-06-29'", "= '2026-06-29'")) != []
    [(replaces,)] = rows(night.home, "select replaces from batch_history where files like '%restated.csv%'")
    assert "1 day" in replaces, replaces


def test_a_missing_rate_leaves_its_batch_pending_and_the_rest_is_published(night: Night) -> None:
    assert "USD" in night.ran.out
    [(status, reason)] = rows(night.home, "select status, reason from batch_history where files like '%no rate yet%'")
    assert status == "pending"
    assert _matches(r"USD.*2026-07-20", reason), reason


def _put(path: Path, content: bytes, exported: int = EXPORTED) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (exported, exported))


def _matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None
