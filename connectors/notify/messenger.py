"""A process that sends one message by Apprise and ends: `python -m connectors.notify.messenger`.

Apprise opens connections itself and answers with yes or no. In a process of its own it is guarded as our HTTP client is (one
host, its port, no address that the connection may not reach, no redirects, no proxies), what the far side answered is
seen, and its time can be ended. It says "ready", reads one JSON line, and writes one JSON line: the report.
"""

import http.client
import json
import logging
import smtplib
import sys
from dataclasses import asdict, dataclass, field
from typing import Any

import apprise
from apprise.plugins.email.smtp import SMTP_EXCEPTIONS, AppriseSMTPController

from connectors.sdk.guard import Reach, allowed

__all__ = ["Report", "main"]

_LONGEST_LOG = 4_000
_CONNECT = 15.0  # seconds
_FORBIDDEN = frozenset(
    {"socket.sendto", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"}
)
_COMMANDS = frozenset({"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT"})


@dataclass
class Report:
    """What happened. `sent`: messages whose content has left; `statuses`: what HTTP answered to them; `replies`: the mail
    server's command and code; `accepted`: mails it took; `elsewhere`: a host that was refused; `address`: one that was."""

    ok: bool = False
    valid: bool = True
    sent: int = 0
    accepted: int = 0
    statuses: list[int] = field(default_factory=list)
    retry_after: str = ""
    replies: list[tuple[str, int]] = field(default_factory=list)
    elsewhere: str = ""
    address: str = ""
    log: str = ""


class _Log(logging.Handler):
    """Keeps what Apprise logs, the beginning of it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = f"{self.text}{record.getMessage()}\n"[:_LONGEST_LOG]


def main() -> None:
    """Say ready, take the task, do it, report."""
    print("ready", flush=True)  # noqa: T201 - this line is for the process that started us
    task = json.loads(sys.stdin.readline())
    report = Report()
    log = _Log()
    apprise.logger.addHandler(log)
    apprise.logger.setLevel(logging.DEBUG)
    _guard(report, task["host"], task["port"], task["reach"])
    _watch_http(report)
    _watch_mail(report)
    _perform(report, task)
    report.log = log.text
    print(json.dumps(asdict(report)), flush=True)  # noqa: T201 - as above


def _perform(report: Report, task: dict[str, Any]) -> None:
    plugin: Any = apprise.Apprise.instantiate(task["how"])
    if not plugin:
        report.valid = False
        return
    plugin.socket_connect_timeout = min(_CONNECT, task["seconds"])
    plugin.socket_read_timeout = task["seconds"]
    if task["message"] is None:
        report.ok = not task["mail"] or _signs_in(report, plugin)
        return
    message = task["message"]
    report.ok = plugin.notify(
        body=message["body"],
        title=message["title"],
        notify_type=message["kind"],
        body_format=message["format"],
    )


def _signs_in(report: Report, plugin: Any) -> bool:
    """Whether the mail server lets us in; nothing is sent."""
    try:
        with AppriseSMTPController(
            host=plugin.smtp_host,
            port=plugin.port,
            secure_mode=plugin.secure_mode,
            user=plugin.user,
            password=plugin.password,
            verify_certificate=True,
            socket_connect_timeout=plugin.socket_connect_timeout,
        ):
            return True
    except SMTP_EXCEPTIONS as error:
        apprise.logger.warning("%s: %s", type(error).__name__, error)
        report.ok = False
        return False


def _guard(report: Report, host: str, port: int, reach: Reach) -> None:
    """From here on only `host` is resolved, and only its port at an address within `reach` is connected to."""

    def judge(event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            if str(args[0]).lower() != host.lower() or int(args[1] or 0) != port:
                report.elsewhere = f"{args[0]}:{args[1]}"
                raise PermissionError("this connection may not reach that host")
        elif event == "socket.connect":
            address = args[1]
            if not isinstance(address, tuple) or address[1] != port or not allowed(str(address[0]), reach):
                report.address = str(address)
                raise PermissionError("this connection may not reach that address")
        elif event in _FORBIDDEN:
            raise PermissionError(f"a message needs no {event}")

    sys.addaudithook(judge)


def _watch_http(report: Report) -> None:
    """See every request leave and what is answered to it; a redirect is not followed."""
    sending, answered = http.client.HTTPConnection.endheaders, http.client.HTTPConnection.getresponse

    def endheaders(self: Any, *args: Any, **named: Any) -> None:
        if getattr(self, "sock", None) is None:
            self.connect()
        report.sent += 1
        sending(self, *args, **named)

    def getresponse(self: Any) -> http.client.HTTPResponse:
        response = answered(self)
        report.statuses.append(response.status)
        report.retry_after = response.headers.get("Retry-After") or ""
        if response.status // 100 == 3:  # noqa: PLR2004 - the redirects
            raise ConnectionError("redirects are not followed")
        return response

    _replace(http.client.HTTPConnection, endheaders, getresponse)


def _watch_mail(report: Report) -> None:
    """See the mail server's replies, and when a mail's content leaves. Never what AUTH says."""
    putting, replied, content = smtplib.SMTP.putcmd, smtplib.SMTP.getreply, smtplib.SMTP.data
    last = {"command": "CONNECT"}

    def putcmd(self: Any, cmd: str, args: str = "") -> None:
        word = cmd.partition(" ")[0].upper()
        last["command"] = word if word in _COMMANDS else last["command"]
        putting(self, cmd, args)

    def getreply(self: Any) -> tuple[int, bytes]:
        if last["command"] == "DATA" and report.replies[-1:] == [("DATA", 354)]:
            report.sent += 1
        code, text = replied(self)
        report.replies.append((last["command"], code))
        return code, text

    def data(self: Any, msg: Any) -> tuple[int, bytes]:
        code, text = content(self, msg)
        report.accepted += code == 250  # noqa: PLR2004 - SMTP's yes
        return code, text

    _replace(smtplib.SMTP, putcmd, getreply, data)


def _replace(kind: type, *functions: Any) -> None:
    for function in functions:
        setattr(kind, function.__name__, function)


if __name__ == "__main__":
    main()
