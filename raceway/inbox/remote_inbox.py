"""An inbox that lies elsewhere: a bucket or server that fsspec reaches (`s3://`, `gs://`, `abfs://`, `sftp://`).

    <address>/<source>/<account>/…  ──► inbox/<source>/<account>/…  ──► landed as any local file
        removed (after = "move") once the file is archived and the ledger says so

A file is fetched once for each path, size, time and tag that it shows, keeps the time it has there, and is
left alone while it is younger than `rest_seconds`: it may still be written. What was fetched is noted under
`landing/_remote/`; of a source at a time, since its DAG alone looks at it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from raceway.common.faults import BadSettings, PassingFault
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.config.settings import Settings
from raceway.inbox.exports import is_unfinished
from raceway.ledger.ledger import Ledger, LedgerState

_PACKAGES: Final = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "sftp": "paramiko"}

_CLIENTS: Final = ("botocore", "aiobotocore", "aiohttp", "fsspec", "gcsfs", "google", "azure", "paramiko")
"""Packages whose faults are the store's; not all are OSErrors: a time that ran out, an answer that is no XML."""

_PATIENCE: Final = {"connect_timeout": 10, "read_timeout": 20, "retries": {"mode": "standard", "max_attempts": 1}}
"""Of botocore, for each of the five tries that s3fs makes: its own minute and five tries more are half an hour for each
question to a store that hangs."""

_BUCKETS: Final = ("s3", "gs", "gcs", "abfs", "abfss")


@dataclass(frozen=True)
class RemoteFile:
    """One file of the remote inbox. `path` is below the address, `mark` tells this state of it from others."""

    path: str
    place: str
    bytes: int
    modified_at: dt.datetime
    mark: str

    @property
    def source(self) -> str:
        """The first folder."""
        return PurePosixPath(self.path).parts[0]


class RemoteInbox:
    """The remote inbox of a home. Raises BadSettings where its package or its address is no good."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self.home = home
        self.settings = settings.inbox
        protocol = self.settings.address.split("://")[0]
        try:
            from fsspec.core import url_to_fs

            self.files, self.root = url_to_fs(self.settings.address, **_options(protocol, self.settings.conn_id))
        except (ImportError, ValueError) as fault:
            package = _PACKAGES.get(protocol)
            remedy = f"install it with: pip install {package}" if package else "write s3://, gs://, abfs:// or sftp://"
            raise BadSettings(f"{home.settings}: inbox.address {self.settings.address}: {fault}; {remedy}") from fault
        self.protocol = protocol

    def check(self) -> None:
        """Raises BadSettings where the bucket is not there: an empty inbox would look the same.

        A store that does not answer raises its client's own fault.
        """
        bucket = self.root.lstrip("/").split("/")[0]
        if self.protocol not in _BUCKETS or self.files.exists(bucket):  # False for whatever went wrong
            return
        try:
            self.files.ls(bucket, detail=False)
        except (FileNotFoundError, PermissionError) as fault:
            raise BadSettings(
                f"{self.home.settings}: inbox.address: there is no bucket {bucket}, or no right to see it"
            ) from fault

    def fetch(self, source: str, now: dt.datetime) -> list[str]:
        """Brings new files of a source into the local inbox; gives the paths of those that are left to the next run.

        Those are young ones, and what came otherwise than it was listed. Files that were landed since are removed
        there, where `inbox.after` says move. Raises PassingFault where the store cannot be reached.
        """
        try:
            self.check()
            found = self._without_landed(self._listed(source), source)
            resting = []
            for file in found:
                if self._note(file).get("mark") == file.mark:
                    continue
                if (now - file.modified_at).total_seconds() < self.settings.rest_seconds or not self._bring(file):
                    resting.append(file.path)
            return resting
        except Exception as fault:
            if not isinstance(fault, OSError) and type(fault).__module__.split(".")[0] not in _CLIENTS:
                raise
            said = str(fault) or type(fault).__name__
            raise PassingFault(
                f"inbox {self.settings.address}: cannot be read: {said}; run again when it answers"
            ) from fault

    def _listed(self, source: str) -> list[RemoteFile]:
        top = f"{self.root.rstrip('/')}/"
        self.files.invalidate_cache()
        try:
            listed: Mapping[str, Mapping[str, Any]] = self.files.find(top + source, detail=True)
        except FileNotFoundError:  # no folder of this source
            listed = {}
        files = []
        for place, facts in sorted(listed.items()):
            path = place.removeprefix(top)
            parts = PurePosixPath(path).parts
            if facts["type"] != "file" or len(parts) < 2 or any(part == ".." or is_unfinished(part) for part in parts):
                continue
            modified = _modified(facts, place, self.files)
            mark = f"{facts['size']} {modified.isoformat()} {facts.get('ETag', '')}"
            files.append(RemoteFile(path, place, int(facts["size"]), modified, mark))
        return files

    def _bring(self, file: RemoteFile) -> bool:
        """Copies one file aside, checks its size, gives it its time, and shows it in the inbox; False where what came
        is not what was listed.
        """
        target = self.home.inbox / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.part")
        self.files.get_file(file.place, str(aside))
        if aside.stat().st_size != file.bytes:  # it was replaced meanwhile: the next look takes it
            aside.unlink()
            return False
        aside.chmod(0o600)
        os.utime(aside, (file.modified_at.timestamp(), file.modified_at.timestamp()))
        with aside.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        aside.rename(target)
        write_aside(
            self._note_path(file.path), json.dumps({"path": file.path, "mark": file.mark, "sha256": sha256}) + "\n"
        )
        return True

    def _without_landed(self, found: list[RemoteFile], source: str) -> list[RemoteFile]:
        """Removes what was fetched, landed, and lies in the archive, if it is still the same there; gives the rest."""
        if self.settings.after != "move":
            return found
        removed = set()
        fetched = [(file, note) for file in found if (note := self._note(file)).get("mark") == file.mark]
        state = Ledger(self.home).state() if fetched else LedgerState()
        for file, note in fetched:
            _, account, *rest = PurePosixPath(file.path).parts
            known = state.files.get((source, account, "/".join(rest)))
            if known is None or known.sha256 != note["sha256"] or known.status not in ("landed", "duplicate"):
                continue
            if known.kept_at and (self.home.root / known.kept_at).is_file():
                self.files.rm_file(file.place)
                self._note_path(file.path).unlink()
                removed.add(file.path)
        return [file for file in found if file.path not in removed]

    def _note(self, file: RemoteFile) -> dict[str, str]:
        try:
            note = json.loads(self._note_path(file.path).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # one that is damaged: the file is fetched again, and known
            return {}
        return note if isinstance(note, dict) else {}

    def _note_path(self, path: str) -> Path:
        return self.home.landing / "_remote" / f"{hashlib.sha256(path.encode()).hexdigest()[:32]}.json"


def _modified(facts: Mapping[str, Any], place: str, files: Any) -> dt.datetime:
    """A file's own time (UTC): stores call it by different names."""
    for key in ("LastModified", "last_modified", "mtime", "updated", "created"):
        value = facts.get(key)
        if isinstance(value, dt.datetime):
            return value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        if isinstance(value, int | float):
            return dt.datetime.fromtimestamp(value, tz=dt.UTC)
        if isinstance(value, str):
            return dt.datetime.fromisoformat(value)
    modified: dt.datetime = files.modified(place)
    return modified if modified.tzinfo else modified.replace(tzinfo=dt.UTC)


def _options(protocol: str, conn_id: str) -> dict[str, Any]:
    """Options for fsspec from an Airflow connection; without one the store's own environment variables count."""
    patience: dict[str, Any] = {"config_kwargs": dict(_PATIENCE)} if protocol == "s3" else {}
    if not conn_id:
        return patience
    from raceway.inbox.airflow_connection import connection

    given = connection(conn_id)
    extra = dict(given.extra_dejson)
    options: dict[str, Any] = patience | dict(extra.get("storage_options", {}))
    if protocol == "s3":
        named = {"key": given.login, "secret": given.password, "token": extra.get("aws_session_token")}
        client = {"endpoint_url": extra.get("endpoint_url"), "region_name": extra.get("region_name")}
        options |= {name: value for name, value in named.items() if value}
        options |= {"client_kwargs": {name: value for name, value in client.items() if value}}
    elif protocol == "sftp":
        named = {"host": given.host, "port": given.port, "username": given.login, "password": given.password}
        options |= {name: value for name, value in named.items() if value}
    return options
