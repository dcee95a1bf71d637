"""Files that landed are read once more with a contract that has grown: rows change, moment and decision stay."""

from __future__ import annotations

import duckdb
import pytest

from raceway.console.rows_again import read_refused_rows
from raceway.contracts.fingerprint import fingerprint
from raceway.contracts.load import load_contract
from raceway.landing.read_again import read_again
from raceway.ledger.compaction import compact
from raceway.ledger.decisions import UnknownBatch, accept
from raceway.ledger.ledger import BatchState, Ledger, LedgerState
from tests.support.desk import Desk

FILE = (
    "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,10,1,5\n2026-03-01,B,keine,2,5\n2026-03-01,C,many,3,5\n"
    "2026-03-02,A,20,1,5\n"
)
"""Two of its rows no contract reads as it is shipped."""


@pytest.fixture(autouse=True)
def passing_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raceway.gate.batch_gate.check_batch", lambda *_: [])


def grow(desk: Desk, *words: str) -> None:
    """The company's overlay comes to say that these cells mean nothing."""
    overlay = desk.home.sources / "google_ads.yml"
    overlay.write_text(f"tables: {{campaign_daily: {{nulls: [{', '.join(words)}]}}}}\n", encoding="utf-8")


def state(desk: Desk) -> LedgerState:
    return Ledger(desk.home).state()


def counted(desk: Desk) -> BatchState:
    (batch,) = state(desk).accepted("google_ads")
    return batch


def campaigns(batch: BatchState) -> list[tuple[str, int | None]]:
    with duckdb.connect() as connection:
        return connection.execute(f"select campaign, impressions from '{batch.path}' order by _row").fetchall()


def test_refused_rows_that_a_grown_contract_reads_join_their_batch_at_its_moment(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    before = counted(desk)
    grow(desk, "keine")
    assert list(read_refused_rows(desk.home, who="Lan")) == [
        f"batch {before.batch_id}: read again as {counted(desk).batch_id}: 3 rows landed (2 before), 1 refused "
        "(2 before)",
        "1 of 1 batches count with more rows from the next run on.",
    ]
    after = counted(desk)
    assert campaigns(after) == [("A", 10), ("B", None), ("A", 20)]
    assert after.batch_id != before.batch_id
    assert (after.exported_at, after.rank, after.covered_days()) == (
        before.exported_at, before.rank, before.covered_days(),
    )  # fmt: skip
    told = state(desk).batches[before.batch_id]
    assert (told.status, told.reason, told.who) == ("replaced", f"read again as {after.batch_id}", "Lan")


def test_what_still_fails_stays_quarantined_under_the_new_batch(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    grow(desk, "keine")
    list(read_refused_rows(desk.home))
    kept = desk.home.quarantine / "rows" / "google_ads" / "vn" / f"{counted(desk).batch_id}.csv"
    assert [line.split(",")[-1] for line in kept.read_text(encoding="utf-8").splitlines()[1:]] == ["many"]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_reading_again_with_the_same_contract_changes_nothing(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    events = len(Ledger(desk.home).events())
    [sentence, last] = read_refused_rows(desk.home)
    assert sentence.endswith("today's contract reads the same rows; the refused rows stay in quarantine/rows/")
    assert last.startswith("0 of 1 batches")
    assert len(Ledger(desk.home).events()) == events


def test_the_batch_is_the_same_whoever_reads_again_and_however_often(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    grow(desk, "keine")
    list(read_refused_rows(desk.home))
    once = counted(desk)
    grow(desk, "keine", "many")
    list(read_refused_rows(desk.home))
    assert campaigns(counted(desk)) == [("A", 10), ("B", None), ("C", None), ("A", 20)]
    assert len({once.batch_id, counted(desk).batch_id}) == 2
    assert counted(desk).exported_at == once.exported_at


def test_a_later_sighting_and_a_person_s_decision_go_over_to_the_new_batch(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    desk.land_one("google_ads/vn/b.csv", FILE, at="2026-03-09 07:00")  # the same content, exported once more
    before = counted(desk)
    assert len(before.sightings) == 2
    grow(desk, "keine")
    list(read_refused_rows(desk.home))
    assert counted(desk).sightings == before.sightings
    assert counted(desk).exported_at == before.exported_at


def test_a_snapshot_of_the_ledger_keeps_what_was_read_again(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    grow(desk, "keine")
    list(read_refused_rows(desk.home))
    before = state(desk)
    assert compact(desk.home, at_least=1)
    after = state(desk)
    assert after.batches == before.batches
    assert counted(desk).head["contract"] == fingerprint(
        load_contract("google_ads", desk.home, "vn").table("campaign_daily")
    )


def test_a_batch_whose_file_is_kept_no_longer_stays_and_says_so(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    before = counted(desk)
    next(desk.home.archive.rglob("a.csv")).unlink()
    grow(desk, "keine")
    [sentence, _] = read_refused_rows(desk.home)
    assert "its file a.csv is not in archive/ any more (retention.archive_days)" in sentence
    assert counted(desk) == before


def test_a_contract_that_now_refuses_the_file_leaves_its_batch_as_it_landed(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,keine,1,5\n2026-03-01,B,1,1,5\n")
    before = counted(desk)
    settings = desk.home.settings
    settings.write_text(settings.read_text(encoding="utf-8").replace("refused_share = 0.5", "refused_share = 0.1"))
    [done] = read_again(desk.home, [before], "Lan")
    assert done.what == "kept"
    assert "stays as it landed: a.csv: 1 of 2 rows cannot be read" in done.sentence
    assert counted(desk) == before
    assert not list(desk.home.quarantine.rglob("a.csv"))


def test_a_batch_that_was_read_again_is_not_accepted_beside_the_new_one(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    before = counted(desk)
    grow(desk, "keine")
    list(read_refused_rows(desk.home))
    with pytest.raises(UnknownBatch, match=f"read again as {counted(desk).batch_id}; decide about that one"):
        accept(desk.home, before.batch_id)


def test_a_batch_without_refused_rows_cannot_be_asked_for(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,10,1,5\n")
    with pytest.raises(UnknownBatch, match="no accepted batch with refused rows"):
        list(read_refused_rows(desk.home, counted(desk).batch_id))


NEW = (
    'Campaign report\n"1 March 2026 - 3 March 2026"\n'
    "Day,Campaign,Impr.,Clicks,Cost,Mood,Weather\n2026-03-01,A,10,1,5,calm,\n2026-03-02,B,{},1,5,glad,rain\n"
)


@pytest.mark.parametrize("cell", ["20", "1 0"])  # read strictly, and as text
def test_the_values_of_a_new_column_are_kept_aside_by_row(desk: Desk, cell: str) -> None:
    outcome = desk.land_one("google_ads/vn/a.csv", NEW.format(cell) + "2026-03-03,C,30,1,5,dull,sun\n")
    (kept,) = (desk.home.quarantine / "columns" / "google_ads" / "vn").glob("*.parquet")
    assert kept.stem == outcome.batches[0]
    assert kept.stat().st_mode & 0o777 == 0o600
    with duckdb.connect() as connection:
        told = connection.execute(f"select _row, header, value from '{kept}' order by all").fetchall()
    landed = {row for (row,) in desk.rows(outcome, "_row")}
    everything = [
        (1, "Mood", "calm"), (2, "Mood", "glad"), (2, "Weather", "rain"), (3, "Mood", "dull"), (3, "Weather", "sun"),
    ]  # fmt: skip
    assert told == [one for one in everything if one[0] in landed]
    assert len(landed) >= 2


def test_a_file_without_new_columns_keeps_nothing_aside(desk: Desk) -> None:
    desk.land_one("google_ads/vn/a.csv", FILE)
    assert not (desk.home.quarantine / "columns").exists()
