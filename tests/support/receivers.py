"""A mail server and a web server on loopback that keep what they are sent: real sockets, the standard library alone.

The mail server speaks as much SMTP as a client needs to hand a mail over; either can be told to refuse.
"""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Mailbox:
    """What a mail server took; while it is `closed` it refuses every mail."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    asked: int = 0
    closed: bool = False

    def part(self, kind: str) -> str:
        """The text of the newest mail's part of a kind: plain or html."""
        part = self.mails[-1].get_body(preferencelist=(kind,))
        assert part is not None
        text: str = part.get_content()
        return text


@dataclass
class Posted:
    """One request that a web server took."""

    path: str
    kind: str
    body: bytes


@dataclass
class Hook:
    """What a web server took; while it is `closed` it answers 503."""

    port: int = 0
    posted: list[Posted] = field(default_factory=list)
    asked: int = 0
    closed: bool = False


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A mail server on a free port of the loopback address."""
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            box.asked += 1
            self._say("220 receiver")
            while line := self.rfile.readline():
                word = line.split()[0].upper() if line.split() else b""
                if word == b"DATA":
                    self._say("354 go on")
                    lines = []
                    while (line := self.rfile.readline()) != b".\r\n":
                        lines.append(line[1:] if line.startswith(b"..") else line)
                    raw = b"".join(lines)
                    box.raw.append(raw)
                    message = email.message_from_bytes(raw, policy=email.policy.default)
                    assert isinstance(message, EmailMessage)
                    box.mails.append(message)
                    self._say("250 taken")
                elif word == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("554 no mail today" if box.closed and word == b"MAIL" else "250 fine")

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        box.port = server.server_address[1]
        with _serving(server):
            yield box


@contextmanager
def web_server() -> Iterator[Hook]:
    """A web server on a free port of the loopback address."""
    hook = Hook()

    class Request(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hook.closed:
                self.send_response(503)
            else:
                hook.posted.append(Posted(self.path, self.headers["Content-Type"], body))
                self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Request)
    with server:
        hook.port = server.server_address[1]
        with _serving(server):
            yield hook


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
