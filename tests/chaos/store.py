"""An inbox in a bucket whose S3 API fails in many ways: moto's, on loopback, with what goes wrong before it."""

from __future__ import annotations

import datetime as dt
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from moto.s3.models import s3_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.chaos.faults import Fault

BUCKET: Final = "drop"
HANGS_FOR: Final = 3.0
"""Seconds; longer than the connection of the tests waits."""
CONNECTION: Final = {
    "read_timeout": 1, "connect_timeout": 1, "retries": {"max_attempts": 1, "mode": "standard"},
}  # fmt: skip


def store_faults() -> Iterator[Fault]:
    """Each way to fail, at first and all night long; the store is well again at the next."""
    for way in (*_BEFORE, *_AFTER):
        for times in ("twice", "always"):
            yield Fault(f"store:{way}:{times}", "store", at_store=f"{way}:{times}", level="store")


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Nothing: a night asks hundreds of times."""


class Store:
    """The bucket with the files of an inbox; `mode` says what goes wrong."""

    def __init__(self, files: dict[str, tuple[bytes, float]]) -> None:
        self.files = files
        self.mode = ""
        self._met: Counter[str] = Counter()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def fill(self) -> None:
        """Puts the files into the bucket anew, each under its own time."""
        self.mode = ""
        backend = s3_backends["123456789012"]["aws"]
        if BUCKET not in backend.buckets:
            backend.create_bucket(BUCKET, "us-east-1")
        for key, (content, at) in self.files.items():
            put = backend.put_object(BUCKET, key, content)
            put.last_modified = dt.datetime.fromtimestamp(int(at), dt.UTC).replace(tzinfo=None)

    def fail(self, mode: str) -> None:
        """From now on it fails in this way: `<way>:twice` or `<way>:always`; not at all for an empty text."""
        self.mode = mode
        self._met.clear()

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        way, _, times = self.mode.partition(":")
        wrong = self._wrong(way, times, environ)
        if wrong and way in _BEFORE:
            return _BEFORE[way](environ, start)
        said: list[Any] = []
        body = b"".join(self._moto(environ, lambda status, headers, *_: said.append((status, headers))))
        status, headers = said[0]
        if wrong and status.startswith("200"):
            body, headers = _AFTER[way](body, headers)
        start(status, headers)
        return [body]

    def _wrong(self, way: str, times: str, environ: dict[str, Any]) -> bool:
        if not way:
            return False
        asked = environ["REQUEST_METHOD"]
        listing = asked == "GET" and "list-type" in environ.get("QUERY_STRING", "")
        of = {"half": "GET", "emptied": "GET", "gone": "GET", "longer": "GET", "kept": "DELETE"}.get(way)
        if of is not None and (asked != of or listing):
            return False
        if way in ("repeats", "no_xml") and not listing:
            return False
        self._met[way] += 1
        return times == "always" or self._met[way] <= 2


def _said(status: str, code: str) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start(status, [("Content-Type", "application/xml")])
        return [f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()]

    return answer


def _hang(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    time.sleep(HANGS_FOR)  # the store's own slowness is the fault
    return _said("503 Slow", "SlowDown")(environ, start)


def _drop(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return _said("503 Gone", "ServiceUnavailable")(environ, start)


_BEFORE: Final = {
    "error": _said("500 Internal Server Error", "InternalError"),
    "slow_down": _said("503 Slow Down", "SlowDown"),
    "denied": _said("403 Forbidden", "AccessDenied"),
    "hangs": _hang,
    "drops": _drop,
    "gone": _said("404 Not Found", "NoSuchKey"),
    "kept": _said("500 Internal Server Error", "InternalError"),
}  # fmt: skip


def _shorter(keep: float) -> Callable[[bytes, list[tuple[str, str]]], tuple[bytes, list[tuple[str, str]]]]:
    def change(body: bytes, headers: list[tuple[str, str]]) -> tuple[bytes, list[tuple[str, str]]]:
        body = body[: int(len(body) * keep)] if keep < 1 else body + b"\nmore"
        return body, [(k, str(len(body)) if k.lower() == "content-length" else v) for k, v in headers]

    return change


def _broken_off(body: bytes, headers: list[tuple[str, str]]) -> tuple[bytes, list[tuple[str, str]]]:
    return body[: len(body) // 2], headers


def _listed_twice(body: bytes, headers: list[tuple[str, str]]) -> tuple[bytes, list[tuple[str, str]]]:
    body = re.sub(rb"(<Contents>.*?</Contents>)", rb"\1\1", body, flags=re.DOTALL)
    return body, [(k, str(len(body)) if k.lower() == "content-length" else v) for k, v in headers]


def _no_xml(body: bytes, headers: list[tuple[str, str]]) -> tuple[bytes, list[tuple[str, str]]]:
    body = b"<html>please log in to this network"
    return body, [(k, str(len(body)) if k.lower() == "content-length" else v) for k, v in headers]


_AFTER: Final = {
    "half": _broken_off, "emptied": _shorter(0), "longer": _shorter(1), "repeats": _listed_twice, "no_xml": _no_xml,
}  # fmt: skip


def files_of(folder: Path) -> dict[str, tuple[bytes, float]]:
    """What lies below an inbox, as keys with content and time."""
    return {
        f"in/{path.relative_to(folder)}": (path.read_bytes(), path.stat().st_mtime)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
