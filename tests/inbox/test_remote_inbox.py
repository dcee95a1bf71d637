"""An inbox in a bucket, against a real S3 API on loopback; files that are still being written are left alone."""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from raceway.common.faults import BadSettings, PassingFault
from raceway.config.settings import Inbox, Settings, load_settings
from raceway.inbox.exports import at_rest, find_exports
from raceway.inbox.remote_inbox import RemoteInbox
from raceway.landing.land import land
from raceway.night import steps
from tests.chaos.store import BUCKET, CONNECTION, Store
from tests.support.desk import AS_OF, Ads, Desk


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


class Bucket:
    """One bucket of the server, and a home that fetches from it."""

    def __init__(self, server: str, name: str, home: Any) -> None:
        self.client = boto3.client(
            "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
        )
        self.name = name
        self.home = home
        self.client.create_bucket(Bucket=name)

    def put(self, key: str, text: str) -> None:
        self.client.put_object(Bucket=self.name, Key=f"drop/{key}", Body=text.encode())

    def keys(self) -> list[str]:
        return sorted(one["Key"] for one in self.client.list_objects_v2(Bucket=self.name).get("Contents", []))

    def fetch(self, **settings: Any) -> list[str]:
        given = {"address": f"s3://{self.name}/drop", "conn_id": "box", "rest_seconds": 0} | settings
        return steps.fetch(self.home, Settings(inbox=Inbox(**given)), ["google_ads"])


@pytest.fixture
def bucket(desk: Desk, server: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Bucket:
    said = {"conn_type": "aws", "login": "key-one", "password": "secret-one",
            "extra": {"endpoint_url": server, "region_name": "us-east-1"}}  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_BOX", json.dumps(said))
    return Bucket(server, f"b{abs(hash(request.node.name))}", desk.home)


def names(desk: Desk) -> list[str]:
    return [export.name for export in find_exports(desk.home, "google_ads")]


def test_a_file_is_fetched_with_its_time_landed_and_then_removed_there(desk: Desk, bucket: Bucket, ads: Ads) -> None:
    bucket.put("google_ads/vn/tết/báo cáo.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    bucket.put("google_ads/vn/half.csv.part", "x")
    bucket.put("meta_ads/us/other.csv", "x")
    assert bucket.fetch() == []
    [export] = find_exports(desk.home, "google_ads")
    assert export.name == "vn/tết/báo cáo.csv"
    written = bucket.client.head_object(Bucket=bucket.name, Key="drop/google_ads/vn/tết/báo cáo.csv")["LastModified"]
    assert export.files[0].modified_at == written
    assert len(bucket.keys()) == 3, "nothing is removed before it has landed"
    [outcome] = desk.land("google_ads")
    assert outcome.status == "landed", outcome.reason
    bucket.fetch()
    assert bucket.keys() == ["drop/google_ads/vn/half.csv.part", "drop/meta_ads/us/other.csv"]
    assert names(desk) == []


def test_a_file_that_is_left_there_is_fetched_once_and_again_when_it_changes(
    desk: Desk, bucket: Bucket, ads: Ads
) -> None:
    bucket.put("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    bucket.fetch(after="leave")
    desk.land("google_ads")
    bucket.fetch(after="leave")
    assert names(desk) == []
    bucket.put("google_ads/vn/report.csv", ads(("2026-03-01", "A", 2222, 1, "1")))
    bucket.fetch(after="leave")
    assert names(desk) == ["vn/report.csv"]
    assert bucket.keys() == ["drop/google_ads/vn/report.csv"]


def test_a_refused_file_stays_there_and_is_not_fetched_again(desk: Desk, bucket: Bucket) -> None:
    bucket.put("google_ads/vn/notes.csv", "what,is,this\n1,2,3\n")
    bucket.fetch()
    assert [outcome.status for outcome in desk.land("google_ads")] == ["refused"]
    bucket.fetch()
    assert names(desk) == []
    assert bucket.keys() == ["drop/google_ads/vn/notes.csv"]


def test_a_file_that_changed_after_it_was_fetched_is_not_removed(desk: Desk, bucket: Bucket, ads: Ads) -> None:
    bucket.put("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    bucket.fetch()
    desk.land("google_ads")
    bucket.put("google_ads/vn/report.csv", ads(("2026-03-01", "A", 3333, 1, "1")))
    bucket.fetch()
    assert bucket.keys() == ["drop/google_ads/vn/report.csv"]
    assert names(desk) == ["vn/report.csv"]


def test_a_young_file_rests_and_is_named(desk: Desk, bucket: Bucket, ads: Ads) -> None:
    bucket.put("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    assert bucket.fetch(rest_seconds=600) == [f"google_ads/vn/report.csv (s3://{bucket.name}/drop)"]
    assert names(desk) == []


def test_what_cannot_be_reached_is_said_with_its_remedy(desk: Desk, bucket: Bucket) -> None:
    with pytest.raises(BadSettings, match="there is no bucket nowhere"):
        bucket.fetch(address="s3://nowhere/drop")
    with pytest.raises(BadSettings, match="Airflow has no connection of that name; set AIRFLOW_CONN_LOST"):
        bucket.fetch(conn_id="lost")
    with pytest.raises(BadSettings, match=r"inbox\.address gs://x.*pip install gcsfs"):
        RemoteInbox(desk.home, Settings(inbox=Inbox(address="gs://x")))


@pytest.fixture
def failing(desk: Desk, ads: Ads, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    text = ads(("2026-03-01", "A", 1, 1, "1"))
    store = Store({"in/google_ads/vn/report.csv": (text.encode(), 1_772_400_000.0)})
    store.fill()
    said = {"conn_type": "aws", "login": "key-one", "password": "secret-one",
            "extra": {"endpoint_url": store.address, "region_name": "us-east-1",
                      "storage_options": {"config_kwargs": CONNECTION}}}  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_BOX", json.dumps(said))
    yield store
    store.close()


def fetched(desk: Desk) -> list[str]:
    settings = Settings(inbox=Inbox(address=f"s3://{BUCKET}/in", conn_id="box", rest_seconds=0))
    return steps.fetch(desk.home, settings, ["google_ads"])


def test_a_file_that_comes_otherwise_than_it_was_listed_is_told_and_left_to_the_next_run(
    desk: Desk, failing: Store
) -> None:
    failing.fail("emptied:always")
    assert fetched(desk) == [f"google_ads/vn/report.csv (s3://{BUCKET}/in)"]
    assert names(desk) == []
    failing.fail("")
    assert fetched(desk) == []
    assert names(desk) == ["vn/report.csv"]


@pytest.mark.parametrize("way", ["error", "no_xml", "drops"])
def test_a_store_that_does_not_answer_well_is_a_passing_fault(desk: Desk, failing: Store, way: str) -> None:
    failing.fail(f"{way}:always")
    with pytest.raises(PassingFault, match=f"inbox s3://{BUCKET}/in: cannot be read: .*run again when it answers"):
        fetched(desk)


def test_a_damaged_note_about_a_fetched_file_has_it_fetched_again(desk: Desk, failing: Store) -> None:
    fetched(desk)
    [note] = (desk.home.landing / "_remote").iterdir()
    note.write_text("{", encoding="utf-8")
    (desk.home.inbox / "google_ads" / "vn" / "report.csv").unlink()
    assert fetched(desk) == []
    assert names(desk) == ["vn/report.csv"]


def test_any_address_that_fsspec_reads_will_do(desk: Desk, tmp_path: Path, ads: Ads) -> None:
    there = tmp_path / "share" / "google_ads" / "vn" / "report.csv"
    there.parent.mkdir(parents=True)
    there.write_text(ads(("2026-03-01", "A", 1, 1, "1")), encoding="utf-8")
    settings = Settings(inbox=Inbox(address=f"file://{tmp_path}/share", rest_seconds=0))
    steps.fetch(desk.home, settings, ["google_ads", "meta_ads"])
    assert names(desk) == ["vn/report.csv"]


def test_a_local_file_that_still_grows_waits_and_a_copied_one_does_not(desk: Desk, ads: Ads) -> None:
    text = ads(("2026-03-01", "A", 1, 1, "1"))
    growing = desk.deliver("google_ads/vn/growing.csv", text)
    copied = desk.deliver("google_ads/vn/copied.csv", text)
    old = desk.deliver("google_ads/vn/old.csv", text)
    for path in (growing, copied):
        os.utime(path)
    exports = find_exports(desk.home, "google_ads")
    rest = load_settings(desk.home).inbox.rest_seconds
    threading.Timer(0.1, lambda: growing.write_text(text + text, encoding="utf-8")).start()
    assert sorted(export.name for export in at_rest(desk.home, exports, rest)) == ["vn/copied.csv", "vn/old.csv"]
    assert all(path.exists() for path in (growing, copied, old))


def test_a_file_that_changed_since_it_was_found_is_left_for_the_next_run(desk: Desk, ads: Ads) -> None:
    path = desk.deliver("google_ads/vn/report.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    [export] = find_exports(desk.home, "google_ads")
    os.utime(path, (dt.datetime(2026, 3, 9, tzinfo=dt.UTC).timestamp(),) * 2)
    outcome = land(desk.home, export, gate=lambda *_: [], as_of=AS_OF)
    assert "still being written; it is left for the next run" in outcome.reason
    assert path.exists()
    assert names(desk) == ["vn/report.csv"]
