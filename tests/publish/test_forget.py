"""Forgetting a person: nobody finds her afterwards, and every amount is what it was."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import BadSettings, PermanentFault
from raceway.common.home import Home
from raceway.landing.person import find_person
from raceway.ledger.ledger import Ledger
from raceway.publish.forget import forget
from raceway.reading.personal import Hasher
from tests.support.desk import Desk
from tests.support.search import found_below

WHY = "her letter of 3 March 2026"
MAIL, PHONE = "an.tran@example.com", "0912 345 678"
RECORD = "76340000251"
CONTACTS = "Record ID,First Name,Last Name,Email,Phone Number,Lead Status,Lifecycle Stage,Create Date,Original Source\n"
CONTACT = f"{RECORD},An,Tran,An.Tran@Example.com,{PHONE},Open,Marketing Qualified Lead,2026-03-01 00:14,Organic\n"
OTHER = "76340000999,Bo,Le,bo@example.com,0987 654 321,Open,Lead,2026-03-01 00:15,Organic\n"
DEALS = "Record ID,Deal Name,Deal Stage,Pipeline,Create Date,Close Date,Amount,Associated Contact IDs\n"
DEAL = f"5500000001,Big,Proposal,Sales,2026-03-02 10:00,2026-04-01 10:00,1000,76340000999;{RECORD}\n"


def _landed(home: Home, pattern: str, columns: str) -> list[tuple[object, ...]]:
    files = f"{home.landing}/{pattern}"
    with duckdb.connect() as connection:
        return connection.execute(f"select {columns} from read_parquet('{files}') order by all").fetchall()


def _mart(home: Home, *rows: tuple[str, str, str]) -> None:
    """A warehouse that knows persons, as a night leaves it."""
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create table int_identity_tree (person_id varchar, id_type varchar, id_value varchar)")
        for row in rows:
            connection.execute("insert into int_identity_tree values (?, ?, ?)", row)


def _version(home: Home, number: int) -> Path:
    folder = home.published / f"v{number}"
    folder.mkdir(parents=True)
    said = {"run_id": f"r{number}", "as_of": "2026-03-01", "published_at": f"2026-03-0{number}T00:00:00+00:00",
            "fingerprint": "f", "mart_version": "1"}  # fmt: skip
    (folder / "run.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


@pytest.fixture
def known(desk: Desk) -> Desk:
    """A home in which one person stands in a CRM, its deals and a log, and the mart has joined her phone to her mail."""
    desk.land_one("hubspot/crm/all-contacts.csv", CONTACTS + CONTACT + OTHER, at="2026-03-07 03:00")
    desk.land_one("hubspot/crm/deals.csv", DEALS + DEAL, at="2026-03-07 04:00")
    hasher = Hasher(desk.home)
    _mart(
        desk.home,
        ("p1", "email", hasher.email(MAIL)),
        ("p1", "phone", hasher.phone(PHONE, "VN")),
        ("p1", "crm_contact", f"hubspot:crm:{RECORD}"),
        ("p2", "email", hasher.email("bo@example.com")),
    )
    log = desk.home.run("r1") / "night.log"
    log.write_text(f"an old line names {MAIL} and bo@example.com\n", encoding="utf-8")
    return desk


def _names(home: Home) -> list[str]:
    hasher = Hasher(home)
    return [MAIL, PHONE, PHONE.replace(" ", ""), RECORD, hasher.email(MAIL), hasher.phone(PHONE, "VN")]


@pytest.mark.parametrize("said", [MAIL, "+84 912-345-678", f"hubspot:crm:{RECORD}"])
def test_a_forgotten_person_is_found_nowhere_and_was_before(known: Desk, said: str) -> None:
    home = known.home
    before = found_below(home.root, _names(home))
    for place in ("archive/hubspot", "landing/hubspot/contacts/", "landing/hubspot/deals/", "contacts__states",
                  "runs/r1", "warehouse.duckdb"):  # fmt: skip
        assert any(place in path for path in before), place
    forget(home, said, why=WHY)
    assert found_below(home.root, _names(home)) == {}


def test_rows_amounts_and_everybody_else_stay(known: Desk) -> None:
    home, other = known.home, Hasher(known.home).email("bo@example.com")
    counted = "count(*), count(distinct record_id), count(distinct email_hash), min(lifecycle_stage), max(_row)"
    before = _landed(home, "hubspot/contacts/*/data.parquet", counted)
    amount = _landed(home, "hubspot/deals/*/data.parquet", "record_id, amount, is_closed")
    forget(home, MAIL, why=WHY)
    assert _landed(home, "hubspot/contacts/*/data.parquet", counted) == before
    assert _landed(home, "hubspot/deals/*/data.parquet", "record_id, amount, is_closed") == amount
    rows = _landed(home, "hubspot/contacts/*/data.parquet", "record_id, email_hash, _entity")
    assert ("76340000999", other, "76340000999") in rows
    [(new, entity)] = [(record, entity) for record, mail, entity in rows if mail != other]
    assert entity == new
    assert str(new).isdigit()
    [(contacts,)] = _landed(home, "hubspot/deals/*/data.parquet", "contact_ids")
    assert contacts == f"76340000999;{new}", "a deal is still that contact's"
    assert "bo@example.com" in (home.run_folder("r1") / "night.log").read_text(encoding="utf-8")


def test_a_later_export_that_names_her_again_lands_under_the_same_new_identity(known: Desk) -> None:
    home = known.home
    forget(home, MAIL, why=WHY)
    columns = "record_id, email_hash, phone_hash"
    before = _landed(home, "hubspot/contacts/*/data.parquet", columns)
    later = CONTACTS + CONTACT.replace("Marketing Qualified Lead", "Customer") + OTHER
    outcome = known.land_one("hubspot/crm/all-contacts.csv", later, at="2026-03-08 03:00")
    assert sorted(known.rows(outcome, columns)) == before
    assert {stage for (stage,) in known.rows(outcome, "lifecycle_stage")} == {"Customer", "Lead"}
    assert not [path for path in found_below(home.landing, _names(home)) if "_tmp" not in path]


def test_the_same_file_again_is_the_duplicate_it_was(known: Desk) -> None:
    forget(known.home, MAIL, why=WHY)
    again = known.land_one("hubspot/crm/all-contacts.csv", CONTACTS + CONTACT + OTHER, at="2026-03-07 03:00")
    assert again.status == "duplicate"


def test_a_refused_file_that_names_her_goes_with_its_reason_in_one_call(known: Desk) -> None:
    kept = known.home.quarantine / "files" / "hubspot" / "crm" / "20260307T000000-aaaaaaaa"
    kept.mkdir(parents=True)
    (kept / "a.csv").write_text(f"foo,bar\n{MAIL},1\n", encoding="utf-8")
    (kept / "a.csv.reason.txt").write_text("a.csv: no known export", encoding="utf-8")
    erased = forget(known.home, MAIL, why=WHY)
    assert erased.batches
    assert any(name.endswith("/a.csv") for name in erased.raw_files)
    assert list(kept.iterdir()) == []


def test_a_reason_that_names_her_is_kept_without_her(known: Desk) -> None:
    forget(known.home, MAIL, why=f"letter of {MAIL}")
    [event] = [event for event in Ledger(known.home).events() if event.kind == "forgotten"]
    assert MAIL not in event.fields["why"]


def test_the_ledger_says_who_forgot_why_and_what_the_files_are_now(known: Desk) -> None:
    erased = forget(known.home, MAIL, why=WHY, who="linh")
    [event] = [event for event in Ledger(known.home).events() if event.kind == "forgotten"]
    assert (event.fields["who"], event.fields["why"]) == ("linh", WHY)
    assert event.fields["batches"] == erased.batches
    assert len({batch["batch_id"] for batch in erased.batches}) == 2
    assert all(len(batch["sha256"]) == 64 for batch in erased.batches)
    assert MAIL not in json.dumps(event.fields)


def test_forgetting_twice_changes_nothing_more(known: Desk) -> None:
    forget(known.home, MAIL, why=WHY)
    rows = _landed(known.home, "hubspot/contacts/*/data.parquet", "*")
    assert forget(known.home, MAIL, why=WHY).batches == []
    assert _landed(known.home, "hubspot/contacts/*/data.parquet", "*") == rows


def test_earlier_versions_go_and_the_current_one_is_named_until_the_next(known: Desk) -> None:
    first, second = _version(known.home, 1), _version(known.home, 2)
    known.home.current.symlink_to("v2")
    erased = forget(known.home, MAIL, why=WHY)
    assert (erased.versions, erased.version_left) == (["v1"], "v2")
    assert not first.exists()
    assert second.exists()
    assert not known.home.warehouse.exists()


def test_nobody_is_forgotten_whom_nothing_names(known: Desk) -> None:
    version = _version(known.home, 1)
    _version(known.home, 2)
    known.home.current.symlink_to("v2")
    known.home.exclusions.write_text("kind,value,reason\nemail,nobody@example.com,staff\n", encoding="utf-8")
    with pytest.raises(PermanentFault, match=r"no such person: .*nothing was changed.*Only exclusions.csv names"):
        forget(known.home, "nobody@example.com", why=WHY)
    assert version.is_dir()
    assert known.home.warehouse.exists()
    assert not known.home.forgotten.exists()
    assert [event for event in Ledger(known.home).events() if event.kind == "forgotten"] == []


@pytest.mark.parametrize(
    "place", ["quarantine/files/shopify/a/b/c.csv", "inbox/shopify/main/new.csv", "runs/r1/said.log"]
)
def test_a_person_whom_one_refused_or_waiting_file_or_log_names_is_somebody(known: Desk, place: str) -> None:
    file = known.home.root / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("a,b\n1,solo@example.com\n", encoding="utf-8")
    erased = forget(known.home, "solo@example.com", why=WHY)
    assert erased.batches == []
    if not place.startswith("inbox"):  # what waits there lands under the new identity
        assert found_below(known.home.root, ["solo@example.com"]) == {}


def test_a_damaged_warehouse_is_told_before_anything_is_erased(known: Desk) -> None:
    before = known.home.warehouse.read_bytes()
    known.home.warehouse.write_bytes(before[: len(before) // 2])
    with pytest.raises(PermanentFault, match=r"warehouse.duckdb: damaged \(.*Run a night"):
        forget(known.home, MAIL, why=WHY)
    assert not known.home.forgotten.exists()
    known.home.warehouse.unlink()
    assert forget(known.home, MAIL, why=WHY).batches


def test_where_readers_see_no_version_none_is_removed(known: Desk) -> None:
    _version(known.home, 1)
    known.home.current.symlink_to("v9")
    with pytest.raises(PermanentFault, match=r"readers would have none: .*points to no version"):
        forget(known.home, MAIL, why=WHY)
    assert (known.home.published / "v1").is_dir()


def test_the_keys_and_the_list_are_their_owners_alone_and_the_list_names_nobody(known: Desk) -> None:
    forget(known.home, MAIL, why=WHY)
    for path in (known.home.forget_key, known.home.forgotten):
        assert path.stat().st_mode & 0o777 == 0o600
    assert not found_below(known.home.landing, _names(known.home))


def test_without_its_key_nothing_lands_rather_than_under_the_old_identity(known: Desk) -> None:
    forget(known.home, MAIL, why=WHY)
    known.home.forget_key.unlink()
    with pytest.raises(BadSettings, match="Put the key back from a backup"):
        known.land_one("hubspot/crm/all-contacts.csv", CONTACTS + OTHER, at="2026-03-08 03:00")


def test_a_companys_own_list_that_names_her_is_told_and_left(known: Desk) -> None:
    known.home.exclusions.write_text(f"kind,value,reason\nemail,{MAIL},staff\n", encoding="utf-8")
    assert forget(known.home, MAIL, why=WHY).own_files == ["exclusions.csv"]
    assert MAIL in known.home.exclusions.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "why", "sentence"),
    [
        ("An Tran", WHY, "neither a mail address"),
        (MAIL, "ok", "say by whose request"),
        ("hubspot:other:1", WHY, "accounts.csv has no row hubspot,other"),
        ("0123456789abcdef", WHY, "knows no such person"),
    ],
)
def test_who_is_not_named_plainly_is_not_guessed(known: Desk, said: str, why: str, sentence: str) -> None:
    with pytest.raises(PermanentFault, match=sentence):
        forget(known.home, said, why=why)
    assert not known.home.forgotten.exists()


def test_without_the_warehouse_that_a_night_has_built_nobody_is_forgotten_by_half(known: Desk) -> None:
    """After a `forget --later` it is gone; who is one person cannot be known until a night has run."""
    known.home.warehouse.unlink()
    known.home.published.mkdir(exist_ok=True)
    known.home.current.symlink_to("a version")
    with pytest.raises(
        PermanentFault, match=r"warehouse.duckdb: missing, though a night has published; .* Run a night"
    ):
        find_person(known.home, "an@example.com")
