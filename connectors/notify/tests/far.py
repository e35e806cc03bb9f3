"""Far sides for messages: a real mail server that refuses by script, and an HTTP receiver."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any, cast

from connectors.sdk.account import Account, Secrets
from connectors.sdk.registry import connector
from connectors.sdk.session import LiveCall, open_call
from connectors.sdk.wire import Exchange, Json

__all__ = ["MailServer", "call_on", "mail_server"]


@dataclass
class MailServer:
    """What the mail server took, and what it was told. `refuses`: reply by command word, such as {"RCPT": "550 no"}; a reply
    of "" hangs up instead. A refusal of "RCPT bob@x" is for that recipient only."""

    refuses: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    mails: list[tuple[list[str], Message]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 and 4954 have it."""

    def handle(self) -> None:
        self.to: list[str] = []
        self._say("220 far.test ESMTP")
        for raw in self.rfile:
            if not self._answer(raw.decode().rstrip("\r\n")):
                return

    def _answer(self, line: str) -> bool:
        """False to hang up."""
        state = cast(_Server, self.server).state
        state.said.append(line)
        word = line.partition(" ")[0].upper()
        reply = next((text for known, text in state.refuses.items() if self._meant(known, line)), None)
        if reply is not None:
            self._say(reply)
            return bool(reply)
        if word == "EHLO":
            self._say("250-far.test")
            self._say("250 AUTH PLAIN")
        elif word == "AUTH":
            self._say("235 welcome")
        elif word == "RCPT":
            self.to.append(line.partition("<")[2].partition(">")[0])
            self._say("250 ok")
        elif word == "DATA":
            return self._take(state)
        elif word == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 ok")
        return True

    def _meant(self, known: str, line: str) -> bool:
        word, _, more = known.partition(" ")
        return line.upper().startswith(word) and more in line

    def _take(self, state: MailServer) -> bool:
        self._say("354 go on")
        lines = []
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            lines.append(raw)
        reply = state.refuses.get("CONTENT", "250 taken")
        if reply.startswith("250"):
            state.mails.append((self.to, message_from_bytes(b"".join(lines))))
        self.to = []
        self._say(reply)
        return bool(reply)

    def _say(self, line: str) -> None:
        if line:
            self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, state: MailServer) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.state = state


@contextmanager
def mail_server(**refuses: str) -> Iterator[MailServer]:
    """A running mail server; names of refusals as in `MailServer`."""
    state = MailServer(refuses)
    with _Server(state) as server:
        state.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield state
        finally:
            server.shutdown()


def call_on(
    base_url: str, secrets: Mapping[str, str], *, auth: str, seen: list[Exchange] | None = None, **more: Any
) -> LiveCall:
    """A call on an on-premise connection to this destination."""
    settings: dict[str, Json] = {"sender": "books@interlock.example"}
    options: dict[str, Any] = {"reach": "private", "deadline": 20.0, "settings": settings, **more}
    before_send = options.pop("before_send", None)
    account = Account("messages", base_url, auth, Secrets(secrets), **options)
    record = seen.append if seen is not None else lambda _exchange: None
    return open_call(connector("notify"), account, record, before_send=before_send)
