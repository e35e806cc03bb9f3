"""Hands a message to a messenger process and tells from its report what became of it."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import connectors
from connectors.notify.destination import Destination, destination_of
from connectors.notify.verdict import failure_of
from connectors.sdk.carriage import Errand
from connectors.sdk.classify import classify_lost, is_write
from connectors.sdk.errors import Data, Transient
from connectors.sdk.wire import Json, Response

__all__ = ["carry"]

_ROOT = Path(connectors.__file__).resolve().parent.parent
_PASSED_ON = ("PATH", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV", "PYTHONPATH")
"""What of our environment a messenger sees: no settings, no secrets, no proxies."""
_SPARE = 0.5
"""Seconds before the deadline at which a messenger's own time-outs strike, so that it can still report."""


def carry(errand: Errand) -> Response:
    """GET tests the destination, POST sends a message. Raises `Failure`."""
    message = errand.request.json if is_write(errand.request) else None
    destination = destination_of(errand.account, message or {})
    if message is not None:
        _check(destination, message)
    report = _reported(errand, destination, message)
    failure = failure_of(report, destination, errand.request)
    if failure is not None:
        raise failure
    answer = {"service": destination.service, "account": destination.account}
    return Response(200, {}, answer | ({"id": message["id"]} if message is not None else {}), "")


def _check(destination: Destination, message: Mapping[str, Json]) -> None:
    """Who is written to is said by the message or the connection for mails, and by the connection alone for services."""
    if not destination.mail and message.get("to"):
        raise Data(
            f"{destination.service} messages go where the connection says; leave the recipients out.",
            code="recipients",
            pointer="/to",
        )
    if destination.mail and not destination.how["targets"]:
        raise Data("Say who gets this e-mail, here or on the connection.", code="recipients", pointer="/to")


def _reported(errand: Errand, destination: Destination, message: Json) -> dict[str, Json]:
    """What the messenger says. Raises `OutcomeUnknown` or `Transient` when it says nothing in time."""
    with subprocess.Popen(
        [sys.executable, "-m", "connectors.notify.messenger"],
        cwd=_ROOT,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"NETRC": os.devnull},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_until_ready(process, errand)
            seconds = errand.seconds()
            task = _task(errand, destination, message, seconds)
            errand.leave()
            said = _told(process, errand, task, seconds)
        finally:
            process.kill()
    if not said.endswith(b"\n"):
        raise classify_lost(errand.request, sent=True, reason="the messenger ended without a report")
    report: dict[str, Json] = json.loads(said)
    return report


def _wait_until_ready(process: "subprocess.Popen[bytes]", errand: Errand) -> None:
    try:
        ready = _line(process, errand.seconds()) == b"ready\n"
    except TimeoutError:
        ready = False
    if not ready:
        raise Transient("The message could not be handed over.", code="messenger")


def _told(process: "subprocess.Popen[bytes]", errand: Errand, task: Json, seconds: float) -> bytes:
    """Hand the task over and hear what became of it. From here on a silence means that it may have happened."""
    try:
        _hand_over(process, task)
        return _line(process, seconds)
    except OSError as error:
        raise classify_lost(errand.request, sent=True, reason=str(error)) from error


def _task(errand: Errand, destination: Destination, message: Json, seconds: float) -> Json:
    return {
        "how": destination.how,
        "mail": destination.mail,
        "host": destination.host,
        "port": destination.port,
        "reach": errand.account.reach,
        "seconds": max(seconds - _SPARE, _SPARE),
        "message": message,
    }


def _hand_over(process: "subprocess.Popen[bytes]", task: Json) -> None:
    if process.stdin is None:
        raise OSError("the messenger takes nothing")
    process.stdin.write(json.dumps(task).encode() + b"\n")
    process.stdin.flush()


def _line(process: "subprocess.Popen[bytes]", seconds: float) -> bytes:
    """The next line the messenger says, or what it said before it ended. Raises `TimeoutError`."""
    if process.stdout is None:
        return b""
    poll = select.poll()
    poll.register(process.stdout, select.POLLIN)
    if not poll.poll(seconds * 1000):
        raise TimeoutError("the messenger did not report in time")
    return process.stdout.readline()
