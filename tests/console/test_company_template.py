"""templates/company: a company's repository passes `raceway doctor --ci`, and says what is wrong when it is broken."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from raceway.common.home import PROJECT, Home
from raceway.console.doctor import examine
from raceway.console.findings import Finding
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from tests.support.command_line import raceway

TEMPLATE = PROJECT.root / "templates" / "company"


def mended(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(home: Path) -> None:
        text = (home / file).read_text(encoding="utf-8")
        assert old in text
        (home / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def appended(file: str, line: str) -> Callable[[Path], None]:
    def change(home: Path) -> None:
        with (home / file).open("a", encoding="utf-8") as opened:
            opened.write(f"{line}\n")

    return change


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "a setting that is none": (
        mended("raceway.toml", "cut_off", "cutoff"), r"raceway\.toml: night\.cutoff: there is no such key or column; mend its name"),
    "a zone that is none": (
        mended("accounts.csv", "Asia/Ho_Chi_Minh", "Asia/Saigon2"),
        r"accounts\.csv, row 2: time_zone: 'Asia/Saigon2' is no IANA time zone; write one like"),
    "an account of no source": (
        appended("accounts.csv", "shopfy,vn,Shop,,VN,Asia/Ho_Chi_Minh,VND,,,,,,,,"),
        r"accounts\.csv, shopfy/vn: there is no source shopfy; known are"),
    "a rate of no account": (
        appended("vat_rates.csv", "shopify,us,,,2026-01-01,0.1"),
        r"vat_rates\.csv, the row of shopify/us from 2026-01-01: accounts\.csv has no such account.*take the row out"),
    "an exclusion without a value": (
        appended("exclusions.csv", "email"), r"exclusions\.csv, row 2: value: nothing is written there; fill it in"),
    "a rule that is no expression": (
        appended("channel_rules.csv", "affiliate,,,(,,,"), r"channel_rules\.csv, row 4: source: not a regular expression"),
    "a segment by no column": (
        appended("segments.csv", "VIP,ordrs,>=,4"), r"segments\.csv, row 9: .*no column ordrs; a rule may name orders"),
    "an overlay of no table": (
        mended("sources/ads_file.yml", "ads_daily", "ads_dayly"),
        r"sources/ads_file\.yml: table 'ads_dayly' is not in the contract; it has ads_daily"),
    "an overlay of no column": (
        mended("sources/ads_file.yml", "cost:", "costs:"), r"sources/ads_file\.yml: .*aliases of 'costs': write"),
    "a contract without a scope": (
        mended("sources/kiosk/_kiosk__sources.yml", "scope:", "scop:"),
        r"_kiosk__sources\.yml: table sales: `scope` is missing; add it under config\.meta"),
    "a place to decide": (
        mended("sources/kiosk/_kiosk__sources.yml", "owner: store manager", "owner: marketing  # decide"),
        r"_kiosk__sources\.yml, row 10: `decide` still stands there"),
}  # fmt: skip


def wrong(home: Path) -> list[Finding]:
    return [finding for finding in examine(Home(home), ci=True) if finding.level != "ok"]


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATE, tmp_path / "company"))


def test_the_template_passes_as_it_stands(company: Path) -> None:
    ran = raceway(company, "doctor", "--ci")
    assert ran.code == 0, ran.out + ran.err
    assert not (company / "secrets").exists()
    assert {path.name for path in company.iterdir()} == {path.name for path in TEMPLATE.iterdir()}  # nothing is written


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_said_with_its_place_and_remedy(name: str, company: Path) -> None:
    change, said = BROKEN[name]
    change(company)
    [finding] = wrong(company)
    assert re.search(said, finding.message, flags=re.DOTALL), finding.message


def test_a_broken_home_ends_the_check_with_code_1(company: Path) -> None:
    BROKEN["a place to decide"][0](company)  # a warning is enough
    assert raceway(company, "doctor", "--ci").code == 1


def test_keys_and_persons_that_git_keeps_are_named(company: Path) -> None:
    for place in ("secrets/hash.key", "inbox/nps/vn/answers.csv"):
        (company / place).parent.mkdir(parents=True)
        (company / place).write_text("something", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=company, check=True)
    subprocess.run(["git", "add", "."], cwd=company, check=True)
    assert wrong(company) == []  # the template's .gitignore keeps them out
    subprocess.run(["git", "add", "--force", "secrets", "inbox"], cwd=company, check=True)
    assert sorted(finding.message.split(":")[0].removeprefix(f"{company}/") for finding in wrong(company)) == [
        "inbox/nps/vn/answers.csv", "secrets/hash.key"]  # fmt: skip


KIOSK = """Kiosk sales, printed 2026-03-09
Ngày bán;Mã quầy;Số lượng;Số tiền;E-mail khách;Họ tên
05/03/2026;Q01;2;1.234.567,50;an@example.com;Trần An
"""
COCCOC = """Ngày,Tên chiến dịch,Lượt hiển thị,Lượt nhấp,Chi phí (VND)
2026-03-05,Giày chạy,1200,30,180000
"""


@pytest.mark.parametrize(
    ("place", "text"),
    [("kiosk/hanoi/sales.csv", KIOSK), ("ads_file/vn-coccoc/report.csv", COCCOC)],
    ids=["its own source", "the overlay"],
)
def test_a_checked_out_home_with_a_key_lands_its_files(place: str, text: str, company: Path) -> None:
    home = Home(company)
    home.secrets.mkdir(mode=0o700)
    home.hash_key.write_text("0" * 64 + "\n", encoding="utf-8")
    home.hash_key.chmod(0o600)
    file = home.inbox / place
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    [export] = find_exports(home, place.split("/")[0])
    outcome = land(home, export, gate=lambda *_: [], as_of=dt.date(2026, 3, 10))
    assert (outcome.status, outcome.rows_landed) == ("landed", 1), outcome
