"""One message a night, to real receivers on loopback: mail over SMTP; JSON, XML and a form over HTTP.

That proves these four alone. What apprise makes of a message for a chat is apprise's, and not tried here.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest

from raceway.alerts.outbox import Outbox
from raceway.alerts.tell import Delivery, late_day, send_trial, tell_late, tell_night
from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.settings import Settings, load_settings
from raceway.history.records import Check, RunRecord, record_checks, record_run, run_checks
from raceway.ledger.ledger import Ledger
from tests.ledger.busy_ledger import add, manifest_of
from tests.support.receivers import Hook, Mailbox, mail_server, web_server
from tests.support.small_company import NEVER_TODAY, small_company

NIGHT = dt.datetime(2026, 3, 2, 22, 5, tzinfo=dt.UTC)
"""05:05 on 3 March in Viet Nam."""
AS_OF = dt.date(2026, 3, 3)
DAY = dt.timedelta(days=1)

EVIL = "<img src=x onerror=alert(1)>\r\nBcc: all@example.com @everyone.csv"
"""A file's name that would be markup in a page, a header in a mail and a ping in a chat."""


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as served:
        yield served


def company(root: Path, *routes: str, more: str = "", language: str = "en") -> Home:
    home = small_company(root / "home")
    text = home.settings.read_text(encoding="utf-8").replace(NEVER_TODAY, "0 5 * * *")
    text = text.replace("routes = []", f"routes = [{', '.join(routes)}]").replace(
        'language = "en"', f'language = "{language}"'
    )
    if more:
        key = more.partition(" =")[0]
        text = "\n".join(more if line.startswith(f"{key} =") else line for line in text.splitlines())
    home.settings.write_text(text, encoding="utf-8")
    return home


def refuse(home: Home, name: str, reason: str = "no report that is known") -> None:
    files = [{"path": name, "sha256": "0" * 64, "bytes": 1, "kept_at": ""}]
    Ledger(home).append("refused", source="google_ads", account="main", reason=reason, files=files)


def night(
    home: Home,
    days: int = 0,
    status: Any = "published",
    late: tuple[str, ...] = (),
    now: dt.datetime | None = None,
    **more: Any,
) -> list[Delivery]:
    started = NIGHT + days * DAY
    run_id = f"night-{days}"
    as_of = AS_OF + dt.timedelta(days=days)
    record_run(home, RunRecord(run_id, as_of, started, started, status, "0.1.0", version="v1" if status == "published" else None,
                               **more))  # fmt: skip
    return tell_night(home, run_id, as_of, started, late, now or started + dt.timedelta(minutes=5), pauses=())


def texts(hook: Hook) -> list[str]:
    return [json.loads(one.body)["message"] for one in hook.posted]


def test_a_night_is_one_mail_with_the_sentence_and_the_command(
    tmp_path: Path, mail: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "ops" }')
    monkeypatch.setenv("RACEWAY_ALERT_OPS", f"mailto://127.0.0.1:{mail.port}?from=raceway@example.vn&to=ops@example.vn")
    refuse(home, "overview.csv")
    late = "google_ads/main: covers days to 2026-03-01; 2026-03-02 is due"
    assert [one.status for one in night(home, late=(late,))] == ["delivered"]
    assert len(mail.mails) == 1
    assert mail.mails[0]["To"] == "ops@example.vn"
    assert mail.mails[0]["Subject"] == "[raceway] Small 2026-03-03: published, 2 to look at"
    for said in (mail.part("plain"), html.unescape(mail.part("html"))):
        assert "no report that is known" in said
        assert "raceway retry google_ads/main/overview.csv" in said
        assert "covers days to 2026-03-01; 2026-03-02 is due" in said
        assert "first time" in said


def test_other_peoples_words_are_no_markup_no_header_and_no_ping(
    tmp_path: Path, mail: Mailbox, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "ops" }', '{ name = "bot" }')
    monkeypatch.setenv("RACEWAY_ALERT_OPS", f"mailto://127.0.0.1:{mail.port}?from=raceway@example.vn&to=ops@example.vn")
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}/night")
    refuse(home, EVIL, reason=f"{EVIL}: <!channel> the first row is $(reboot)")
    night(home)
    page = mail.part("html")
    assert "<img" not in page
    assert "&lt;img src=x" in page
    assert mail.mails[0]["Bcc"] is None
    [text] = texts(hook)
    assert "@everyone" not in text
    assert "<!channel" not in text
    # a name that a shell would misread is in no command
    assert "raceway retry\n" in text


def test_json_xml_and_form_take_it_too(tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    home = company(tmp_path, *(f'{{ name = "{kind}" }}' for kind in ("json", "xml", "form")))
    for kind in ("json", "xml", "form"):
        monkeypatch.setenv(f"RACEWAY_ALERT_{kind.upper()}", f"{kind}://127.0.0.1:{hook.port}/{kind}")
    refuse(home, "số liệu & <b>.csv")
    night(home)
    posted = {one.path: one for one in hook.posted}
    assert set(posted) == {"/json", "/xml", "/form"}
    as_json = json.loads(posted["/json"].body)
    assert as_json["title"] == "[raceway] Small 2026-03-03: published, 1 to look at"
    assert as_json["type"] == "warning"
    in_xml = {
        element.tag.rpartition("}")[2]: element.text for element in ElementTree.fromstring(posted["/xml"].body).iter()
    }
    in_form = parse_qs(posted["/form"].body.decode())
    for text in (as_json["message"], in_xml["Message"], in_form["message"][0]):
        assert "số liệu & <b>.csv" in str(text)
        assert "no report that is known" in str(text)


def test_what_holds_is_first_then_still_then_recovered_and_is_not_repeated_daily(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "bot" }', more="repeat_days = 3")
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}")
    late = ("google_ads/main: covers days to 2026-03-01; 2026-03-02 is due",)
    night(home, 0, late=late)
    assert "[first time]" in texts(hook)[-1]
    night(home, 1, late=late)
    night(home, 2, late=late)
    assert len(hook.posted) == 1
    night(home, 3, late=("google_ads/main: covers days to 2026-03-04; 2026-03-05 is due",))
    assert len(hook.posted) == 2
    assert "[still, since 2026-03-03]" in texts(hook)[-1]
    night(home, 4)
    assert "== Recovered (1)" in texts(hook)[-1]
    assert "Late sources: google_ads/main (since 2026-03-03)" in texts(hook)[-1]
    night(home, 5)
    assert len(hook.posted) == 3


@pytest.mark.parametrize("ended", ["failed", "skipped", "refused"])
def test_a_night_that_did_not_come_to_a_check_does_not_say_that_it_has_recovered(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    home = company(tmp_path, '{ name = "all", at_least = "info" }')
    monkeypatch.setenv("RACEWAY_ALERT_ALL", f"json://127.0.0.1:{hook.port}")
    failed = Check("totals_agree", "reconcile", "warning", False, "race_kpi", message="race_kpi: totals differ")
    record_checks(home, "night-0", [failed])
    night(home, 0)
    night(home, 1, ended)
    night(home, 2)

    assert "race_kpi: totals differ" in texts(hook)[0]
    assert "Recovered" not in texts(hook)[1]
    assert "Checks that failed: totals_agree (since 2026-03-03)" in texts(hook)[2]


def test_a_source_that_is_due_on_tuesdays_has_not_come_because_it_is_wednesday(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "bot" }')
    written = re.sub(r"due = \[.*\]", 'due = ["tue"]', home.settings.read_text(encoding="utf-8"))
    home.settings.write_text(written, encoding="utf-8")
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}")
    night(home, 0, late=("google_ads/main: nothing has landed yet; 2026-03-02 is due",))
    night(home, 1)
    assert len(hook.posted) == 1
    night(home, 7)
    assert "Late sources: google_ads/main (since 2026-03-03)" in texts(hook)[1]


def test_a_message_counts_what_holds_and_is_not_told_again(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "all", at_least = "info" }')
    monkeypatch.setenv("RACEWAY_ALERT_ALL", f"json://127.0.0.1:{hook.port}")
    refuse(home, "overview.csv")
    night(home, 0)
    night(home, 1)
    assert json.loads(hook.posted[1].body)["title"] == "[raceway] Small 2026-03-04: published, 1 as before"
    assert "Open as before, and not told again: 1." in texts(hook)[1]
    assert "overview.csv" not in texts(hook)[1]


def test_files_refused_for_one_reason_are_one_point(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "bot" }')
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}")
    for day in (1, 2, 3):
        refuse(home, f"report-2026-03-0{day}.csv", reason=f"report-2026-03-0{day}.csv: no column Cost in row {day}")
    night(home)
    [text] = texts(hook)
    assert text.count("no column Cost") == 1
    assert "3 alike" in text


def test_a_refused_mart_says_that_the_kpis_stand_and_is_said_every_night(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "boss", at_least = "critical" }')
    monkeypatch.setenv("RACEWAY_ALERT_BOSS", f"json://127.0.0.1:{hook.port}")
    refuse(home, "overview.csv")  # a warning: not for this route
    for days in (0, 1):
        check = Check(
            "values_are_kept", "reconcile", "critical", False, "race_kpi", message="race_kpi: lost its values"
        )
        record_checks(home, f"night-{days}", [check])
        night(home, days, "refused")
    assert len(hook.posted) == 2
    assert "race_kpi: lost its values" in texts(hook)[0]
    assert "At stake: all KPIs: nothing is published yet" in texts(hook)[0]
    assert 'raceway waive values_are_kept --why "…"' in texts(hook)[0]
    assert "overview.csv" not in texts(hook)[0]
    assert "[still, since 2026-03-03]" in texts(hook)[1]
    assert json.loads(hook.posted[0].body)["type"] == "failure"


def test_what_was_not_taken_is_kept_warned_about_and_sent_once_by_the_next_look(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "bot" }')
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://user:very-secret-word@127.0.0.1:{hook.port}/hidden-token-1234")
    refuse(home, "overview.csv")
    hook.closed = True
    assert [one.status for one in night(home)] == ["waiting"]
    [check] = [check for check in run_checks(home, "night-0") if check.name == "message_is_delivered"]
    assert (check.severity, check.passed) == ("warning", False)
    assert "503" in check.message
    kept = "".join(path.read_text() for path in home.alerts.rglob("*") if path.is_file()) + check.message
    assert "very-secret-word" not in kept
    assert "hidden-token-1234" not in kept
    hook.closed = False
    night(home, 1)
    # the first night's, then the second's, which says that the first was late
    assert [one.path for one in hook.posted] == ["/hidden-token-1234"] * 2
    assert "overview.csv" in texts(hook)[0]
    assert "== Messages that were not delivered (1)" in texts(hook)[1]
    assert [(line["status"], line["tries"]) for line in Outbox(home).history()] == [("delivered", 2), ("delivered", 1)]


def test_a_night_told_twice_is_sent_once(tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    home = company(tmp_path, '{ name = "bot", at_least = "info" }')
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}")
    night(home)
    night(home)
    assert len(hook.posted) == 1


def test_only_a_route_that_asks_for_it_hears_of_a_good_night(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "all", at_least = "info" }', '{ name = "bad" }')
    for name in ("all", "bad"):
        monkeypatch.setenv(f"RACEWAY_ALERT_{name.upper()}", f"json://127.0.0.1:{hook.port}/{name}")
    night(home, batches_landed=3, rows_landed=12345)
    assert [one.path for one in hook.posted] == ["/all"]
    assert "Landed since the version before: 3 batches, 12,345 rows; refused: 0." in texts(hook)[0]


def test_quiet_hours_hold_a_warning_until_they_end(tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    home = company(tmp_path, '{ name = "bot" }')
    text = (
        home.settings.read_text()
        .replace('quiet_from = ""', 'quiet_from = "22:00"')
        .replace('quiet_to = ""', 'quiet_to = "07:00"')
    )
    home.settings.write_text(text)
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}")
    refuse(home, "overview.csv")
    assert [one.status for one in night(home)] == ["quiet"]
    assert hook.asked == 0
    seven = dt.datetime(2026, 3, 3, 0, 0, tzinfo=dt.UTC)  # 07:00 in Viet Nam
    assert [one.status for one in tell_late(home, seven - dt.timedelta(minutes=1), ())[1]] == ["quiet"]
    assert [one.status for one in tell_late(home, seven, ())[1]] == ["delivered"]
    # what is critical does not wait
    assert [one.status for one in night(home, 1, "failed", message="the disk is full")] == ["delivered"]


def test_a_day_without_a_mart_is_told_once_even_where_nothing_ran(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "boss", at_least = "critical" }')
    monkeypatch.setenv("RACEWAY_ALERT_BOSS", f"json://127.0.0.1:{hook.port}")
    eight = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)  # 08:00 in Viet Nam
    record_run(home, RunRecord("r1", AS_OF - DAY, NIGHT - DAY, NIGHT - DAY, "published", "0.1.0", version="v1"))
    assert tell_late(home, eight - dt.timedelta(minutes=1), ())[0] is None
    for minutes in (0, 15):
        point, _ = tell_late(home, eight + dt.timedelta(minutes=minutes), ())
        assert point is not None
        assert (
            "no mart of 2026-03-03 was published by 08:00 (Asia/Ho_Chi_Minh); the newest is as of 2026-03-02"
            in point.sentence
        )
    assert len(hook.posted) == 1
    record_run(home, RunRecord("r2", AS_OF, eight, eight, "skipped", "0.1.0", version="v1"))
    assert tell_late(home, eight + dt.timedelta(hours=1), ())[0] is None


@pytest.mark.parametrize(
    ("schedule", "deadline", "now", "due"),
    [
        ("0 5 * * *", "08:00", "2026-03-03 08:00", "2026-03-03"),
        ("0 5 * * *", "08:00", "2026-03-03 07:59", "2026-03-02"),
        # begun before midnight, due on the morning after
        ("30 23 * * *", "06:30", "2026-03-03 06:30", "2026-03-02"),
        # no night on Saturday and Sunday: on Sunday Friday's is the newest
        ("0 5 * * 1-5", "08:00", "2026-03-08 12:00", "2026-03-06"),
        ("0 5 * * 1-5", "08:00", "2026-03-09 08:00", "2026-03-09"),
    ],
)
def test_a_mart_is_due_for_the_newest_night_before_the_deadline(
    schedule: str, deadline: str, now: str, due: str
) -> None:
    settings = Settings.model_validate({"night": {"schedule": schedule}, "alerts": {"deadline": deadline}})
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=settings.zone)
    assert late_day(settings, moment) == dt.date.fromisoformat(due)


def test_a_schedule_that_is_no_cron_is_named() -> None:
    settings = Settings.model_validate({"night": {"schedule": "every morning"}})
    with pytest.raises(BadSettings, match=r"night\.schedule 'every morning': no cron"):
        late_day(settings, NIGHT)


def test_the_message_speaks_vietnamese_where_the_business_does(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "bot" }', language="vi")
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}")
    refuse(home, "overview.csv")
    check = Check(
        "day_filled", "expectation", "warning", False, "shopify.orders", expected="day is never empty",
        message="shopify.orders: day is never empty; 2 of 9 rows break it",
    )  # fmt: skip
    record_checks(home, "night-0", [check])
    night(home)
    assert json.loads(hook.posted[0].body)["title"] == "[raceway] Small 2026-03-03: đã xuất bản, 2 việc cần xem"
    assert "== Tệp bị từ chối (1)" in texts(hook)[0]
    assert "  Day không bao giờ trống.\n  shopify.orders: day is never empty; 2 of 9 rows break it" in texts(hook)[0]
    assert "[lần đầu]" in texts(hook)[0]
    assert "Cách xử lý: raceway retry google_ads/main/overview.csv" in texts(hook)[0]


def test_a_night_goes_on_where_a_route_has_no_address_or_a_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "none", at_least = "info" }', '{ name = "wrong", at_least = "info" }')
    monkeypatch.delenv("RACEWAY_ALERT_NONE", raising=False)
    monkeypatch.setenv("RACEWAY_ALERT_WRONG", "nonsense://secret-token-99/x")
    reasons = {one.route: one.reason for one in night(home)}
    assert "the environment has no RACEWAY_ALERT_NONE" in reasons["none"]
    assert reasons["wrong"].startswith("its address is none that apprise knows")


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("json://127.0.0.1:99999/hidden-token-1234", "hidden-token-1234"),  # no port
        ("json://4711:hidden-token-1234@127.0.0.1:99999", "hidden-token-1234"),
    ],
)
def test_an_address_that_is_none_by_the_letter_is_a_reason_without_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, secret: str
) -> None:
    home = company(tmp_path, '{ name = "ops", at_least = "info" }')
    monkeypatch.setenv("RACEWAY_ALERT_OPS", address)
    [delivery] = night(home)
    assert delivery.status == "waiting"
    assert secret not in delivery.reason


def test_a_line_of_history_that_was_torn_off_keeps_nobody_from_being_told(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "ops", at_least = "info" }')
    monkeypatch.setenv("RACEWAY_ALERT_OPS", f"json://127.0.0.1:{hook.port}")
    night(home)
    history = home.alerts / "history.jsonl"
    history.write_bytes(history.read_bytes()[:-20])
    assert tell_late(home, NIGHT + 5 * DAY, pauses=())[1][0].status == "delivered"
    assert [line["run_id"] for line in Outbox(home).history()] == ["late-2026-03-07"]
    assert len(hook.posted) == 2


def test_an_address_in_raceway_toml_is_refused_and_not_shown(tmp_path: Path) -> None:
    for written in ('"slack://xoxb-1234-secret/x"', '{ name = "ops", url = "slack://xoxb-1234-secret/x" }'):
        home = company(tmp_path / str(len(written)), written)
        with pytest.raises(BadSettings, match="put the address into the environment as RACEWAY_ALERT_OPS") as refused:
            load_settings(home)
        assert "xoxb-1234-secret" not in str(refused.value)


def test_an_airflow_connection_may_hold_the_address(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "ops", conn_id = "ops_chat" }', '{ name = "bot", conn_id = "ops_bot" }')
    monkeypatch.setenv(
        "AIRFLOW_CONN_OPS_CHAT", json.dumps({"conn_type": "generic", "password": f"json://127.0.0.1:{hook.port}/a"})
    )
    extra = {"config": [{"path": f"json://127.0.0.1:{hook.port}/b", "tag": ""}]}
    monkeypatch.setenv("AIRFLOW_CONN_OPS_BOT", json.dumps({"conn_type": "apprise", "extra": extra}))
    assert [one.status for one in send_trial(home)] == ["delivered", "delivered"]
    assert sorted(one.path for one in hook.posted) == ["/a", "/b"]
    assert "This is a trial" in texts(hook)[0]


def test_quiet_hours_end_on_the_next_day_and_need_both_times() -> None:
    alerts = Settings.model_validate({"alerts": {"quiet_from": "22:00", "quiet_to": "07:00"}}).alerts
    at = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)
    assert alerts.quiet_until(at) == dt.datetime(2026, 3, 3, 7, 0, tzinfo=dt.UTC)
    assert alerts.quiet_until(at.replace(hour=6)) == dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)
    assert alerts.quiet_until(at.replace(hour=12)) is None
    with pytest.raises(ValueError, match="belong together"):
        Settings.model_validate({"alerts": {"quiet_from": "22:00"}})


def test_a_refused_batch_is_told_until_a_later_export_of_its_days_is_accepted(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "bot" }')
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}")
    add(home, "landed", 1)
    add(home, "refused", 1)
    night(home, 0)
    assert "== Refused batches (1)" in texts(hook)[0]
    assert f'raceway accept {manifest_of(1)["batch_id"]} --why "…"' in texts(hook)[0]
    for kind in ("landed", "accepted"):
        add(home, kind, 5)  # of the same account and day, four hours later
    night(home, 1)
    assert "Refused batches: google_ads/vn: google_ads.campaign_daily: 0.csv (since 2026-03-03)" in texts(hook)[1]


def test_a_held_batch_asks_for_a_decision(tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    home = company(tmp_path, '{ name = "bot" }')
    monkeypatch.setenv("RACEWAY_ALERT_BOT", f"json://127.0.0.1:{hook.port}")
    for kind in ("landed", "accepted"):
        add(home, kind, 4)
    batch = manifest_of(4)["batch_id"]
    frozen = {"waiting": {batch: "rows of closed days are gone; accept it where that is right"}}
    (home.run("night-0") / "frozen.json").write_text(json.dumps(frozen), encoding="utf-8")
    night(home, 0)
    [text] = texts(hook)
    assert "== Held until somebody decides (1)" in text
    assert "rows of closed days are gone; accept it where that is right" in text
    assert f'raceway accept {batch} --why "…"' in text


def test_a_file_that_nobody_mends_is_not_told_once_raw_files_are_gone(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = company(tmp_path, '{ name = "all", at_least = "info" }')
    monkeypatch.setenv("RACEWAY_ALERT_ALL", f"json://127.0.0.1:{hook.port}")
    refuse(home, "overview.csv")
    a_year_on = dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=365)  # events are of now, archive_days are 30
    record_run(home, RunRecord("later", a_year_on.date(), a_year_on, a_year_on, "published", "0.1.0", version="v1"))
    tell_night(home, "later", a_year_on.date(), a_year_on, (), a_year_on, pauses=())
    assert "overview.csv" not in texts(hook)[0]
