"""`raceway report` says where the page lies, and why a month cannot be printed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import PassingFault, PermanentFault
from raceway.common.home import Home
from raceway.console.paper import BROWSER, print_month, report_page

PRINTS = '#!/bin/sh\nfor one in "$@"; do case $one in --print-to-pdf=*) echo "$@" > "${one#*=}";; esac; done\n'


@pytest.fixture
def published(tmp_path: Path) -> Home:
    """A home whose mart holds May and a running June."""
    home = Home(tmp_path / "home")
    version = home.published / "v1"
    (version / "report").mkdir(parents=True)
    (version / "report" / "index.html").write_text("<html>")
    with duckdb.connect(str(version / "race.duckdb")) as mart:
        mart.execute(
            "create table race_kpi as select 'month' as period, unnest(['2026-05-01', '2026-06-01'])::date as period_start, "
            "unnest(['2026-05-31', '2026-06-30'])::date as period_end, '2026-06-21'::date as as_of"
        )
    home.current.symlink_to("v1")
    return home


def browser(folder: Path, script: str) -> str:
    """A program in the browser's place: what raceway asks of one is the border that is tested here."""
    program = folder / "browser"
    program.write_text(script)
    program.chmod(0o755)
    return str(program)


def test_the_page_of_a_home_without_a_version_is_a_fault_that_says_run(tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match="nothing is published yet; run: raceway --home"):
        report_page(Home(tmp_path))


def test_the_last_month_that_is_over_is_printed_from_the_versions_own_page(
    published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROWSER, browser(tmp_path, PRINTS))
    written = print_month(published, language="vi", to=tmp_path / "may.pdf")
    assert written == tmp_path / "may.pdf"
    assert "/v1/report/index.html#print?at=2026-05-01&language=vi" in written.read_text()


def test_a_folder_that_is_there_gets_the_month_under_its_own_name(
    published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROWSER, browser(tmp_path, PRINTS))
    assert print_month(published, to=tmp_path) == tmp_path / "report-2026-05.pdf"
    assert (tmp_path / "report-2026-05.pdf").is_file()


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        ("2025-01", "2025-01: the report has no such month; it holds 2026-05 to 2026-06"),
        ("May", "May: no month; write it as 2026-05"),
    ],
)
def test_a_month_that_the_report_does_not_hold_is_refused(published: Home, month: str, sentence: str) -> None:
    with pytest.raises(PermanentFault, match=sentence):
        print_month(published, month)


def test_without_a_browser_it_says_which_to_install(published: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BROWSER, raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PermanentFault, match=r"no Chromium, Chrome or Edge was found .* apt install chromium"):
        print_month(published)


def test_a_browser_that_is_named_and_not_there_is_named_in_the_fault(
    published: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROWSER, "/no/such/browser")
    with pytest.raises(PermanentFault, match="RACEWAY_BROWSER=/no/such/browser: no such program"):
        print_month(published)


def test_a_browser_that_writes_nothing_is_a_passing_fault_with_its_last_word(
    published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROWSER, browser(tmp_path, "#!/bin/sh\necho no display >&2\nexit 3\n"))
    with pytest.raises(PassingFault, match=r"wrote no PDF \(exit code 3\): no display"):
        print_month(published, to=tmp_path / "may.pdf")
    assert not (tmp_path / "may.pdf").exists()
