"""The one HTTP client: a single origin, one deadline for the whole call, a size cap, and a record of every exchange."""

import re
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

from connectors.sdk.classify import classify_lost, is_write
from connectors.sdk.errors import Config, Data, Failure, OutcomeUnknown
from connectors.sdk.guard import Origin, Reach, origin_of
from connectors.sdk.http1 import BROKEN, Answer, TooLargeError, read_answer, request_bytes
from connectors.sdk.numbers import parse_json
from connectors.sdk.redact import Redactor
from connectors.sdk.transport import Flight, lines_for
from connectors.sdk.wire import Exchange, Json, Request, Response

__all__ = ["Http", "OnExchange", "Route", "Waiting"]

OnExchange = Callable[[Exchange], None]
Waiting = Callable[[], AbstractContextManager[object]]
"""Gives what is entered while this thread waits for the far system, and left when the answer is there."""

_DEFAULTS = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Interlock"}
_WELL_QUOTED = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]|%[0-9A-Fa-f]{2})*")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DOTS = frozenset({"..", "."})


@dataclass(frozen=True, slots=True)
class Route:
    """Where requests go and within what bounds. `connection` names the keep-alive pool; `deadline` is seconds for connect,
    send and read together; `max_bytes` is the largest answer taken, after decompression."""

    base_url: str
    reach: Reach = "public"
    connection: str = ""
    deadline: float = 30.0
    max_bytes: int = 20_000_000


def _ignore(_exchange: Exchange) -> None:
    """Keeps no record."""


class Http:
    """Sends requests to one base URL. Every method raises `Failure` only (or what `before_send` raises).

    `before_send` runs right before the first byte of a write leaves; raising in it drops the call unsent. `waiting` is
    entered while the thread connects, sends and waits for the answer: the processor is free for others meanwhile.
    """

    def __init__(
        self,
        route: Route,
        *,
        on_exchange: OnExchange = _ignore,
        redactor: Redactor | None = None,
        now: Callable[[], float] = time.monotonic,
        before_send: Callable[[], None] | None = None,
        waiting: Waiting = nullcontext,
    ) -> None:
        self._route = route
        self._base = _base(route.base_url, route.reach)
        self._connection = route.connection or route.base_url
        self._on_exchange = on_exchange
        self.redactor = redactor or Redactor()
        self._now = now
        self._before_send = before_send
        self._waiting = waiting

    def send(
        self, request: Request, headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Response:
        """Send `request` with `headers` (its own win) and return any answer, whatever its status.

        Raises `Transient` when it certainly did not happen, `OutcomeUnknown` when a write may have, `Config` for an
        address that may not be reached, `Data` for an answer that is too large.
        """
        target = _target(self._base, request)
        data = _bytes(request, target, self._base.host, headers)
        seconds = self._route.deadline if deadline is None else min(deadline, self._route.deadline)
        started = self._now()
        flight = Flight(
            until=started + seconds,
            now=self._now,
            reach=self._route.reach,
            before_send=self._before_send if is_write(request) else None,
        )
        response: Response | None = None
        error = "dropped before sending"
        try:
            with self._waiting():
                answer = self._exchange(request, data, flight)
            response = _response(answer)
            error = ""
        except Failure as failure:
            error = failure.detail or failure.sentence
            raise
        finally:
            self._record(request, target, response, (self._now() - started) * 1000, error)
        return response

    def _exchange(self, request: Request, data: bytes, flight: Flight) -> Answer:
        """Send and read; a read that met a line the far side had just closed is sent once more, on a new one."""
        try:
            return self._once(request, data, flight)
        except BROKEN as error:
            if not flight.reused or is_write(request) or flight.until <= self._now():
                raise self._lost(request, flight, error) from error
        flight.sent = False
        try:
            return self._once(request, data, flight)
        except BROKEN as error:
            raise self._lost(request, flight, error) from error

    def _once(self, request: Request, data: bytes, flight: Flight) -> Answer:
        lines = lines_for(self._connection, self._route.reach, self._base.origin)
        line = lines.take(flight)
        kept = False
        try:
            line.send(data, flight)
            answer = read_answer(line, request.method.upper(), self._route.max_bytes)
            kept = answer.keeps
        except TooLargeError as error:
            raise _too_large(request, self._route.max_bytes) from error
        finally:
            if kept:
                lines.give_back(line)
            else:
                line.close()
        return answer

    def _lost(self, request: Request, flight: Flight, error: Exception) -> Failure:
        if isinstance(error, ssl.SSLError) and not flight.sent:
            sentence = "The far system's certificate is not one we can trust."
            return Config(sentence, code="certificate", detail=str(error))
        return classify_lost(
            request, sent=flight.sent, reason=self.redactor.text(f"{type(error).__name__}: {error}")
        )

    def _record(
        self, request: Request, target: str, response: Response | None, ms: float, error: str
    ) -> None:
        redact = self.redactor
        sent: Json = request.json if request.form is None else dict(request.form)
        received: Json = None
        if response is not None:
            received = response.json if response.json is not None else response.text or None
        self._on_exchange(
            Exchange(
                method=request.method.upper(),
                url=redact.text(self._base.root + target),
                status=response.status if response is not None else None,
                ms=round(ms, 3),
                request=redact.json(sent),
                response=redact.json(received),
                error=redact.text(error) if error else "",
            )
        )


@dataclass(frozen=True, slots=True)
class _Base:
    """A base URL taken apart: `root` is scheme and host as they are recorded, `path` what every target begins with."""

    origin: Origin
    host: str
    root: str
    path: str


@lru_cache(maxsize=1_024)
def _base(base_url: str, reach: Reach) -> _Base:
    """Raises `Config` for a base URL that doesn't fit its reach."""
    origin = origin_of(base_url, reach)
    parts = urlsplit(base_url)
    host = origin.host if origin.host.isascii() else origin.host.encode("idna").decode()
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != {"https": 443, "http": 80}[origin.scheme]:
        host = f"{host}:{parts.port}"
    return _Base(origin, host, f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))


def _target(base: _Base, request: Request) -> str:
    """The path and query as they are sent, quoted where they must be."""
    path = request.path if request.path.startswith("/") else f"/{request.path}"
    if request.path.startswith(("https://", "http://")):
        path = _own_part(base, request.path)
    if "." in path and not _DOTS.isdisjoint(path.partition("?")[0].split("/")):
        raise Data("A path may not contain dot segments.", code="path", detail=path)
    target = base.path + path
    if request.query:
        query = urlencode([(name, text) for name, value in request.query.items() for text in _texts(value)])
        if query:
            target = f"{target}{'&' if '?' in path else '?'}{query}"
    if _WELL_QUOTED.fullmatch(target):
        return target
    return quote(_STRAY_PERCENT.sub("%25", target), safe="%!$&'()*+,;=:@/?[]")


def _own_part(base: _Base, link: str) -> str:
    """What of a whole address that the far system gave comes after the base URL. Raises `Config` when it leads elsewhere."""
    parts = urlsplit(link)
    try:
        same = origin_of(f"{parts.scheme}://{parts.netloc}", "private") == base.origin
    except Config:
        same = False
    if not same or not f"{parts.path}/".startswith(f"{base.path}/"):
        raise Config(
            "The far system's list goes on at another address than the connection's.",
            code="other_address",
            detail=link[:200],
        )
    path = parts.path[len(base.path) :] or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _bytes(request: Request, target: str, host: str, headers: Mapping[str, str]) -> bytes:
    """The request as it leaves: the request's own headers win over the connector's, and those over ours, in any case."""
    body: bytes | None = None
    kind = ""
    if request.form is not None:
        body, kind = urlencode(dict(request.form)).encode(), "application/x-www-form-urlencoded"
    elif request.json is not None:
        body, kind = orjson.dumps(request.json), "application/json"
    elif is_write(request):
        body = b""
    every = {name.lower(): (name, value) for name, value in {**_DEFAULTS, **headers}.items()}
    if kind:
        every["content-type"] = ("Content-Type", kind)
    for name, value in request.headers.items():
        every[name.lower()] = (name, value)
    every["host"] = ("Host", host)
    try:
        return request_bytes(request.method.upper(), target, every.values(), body)
    except ValueError as error:
        raise Data("This request cannot be sent as it is.", code="request", detail=str(error)) from error


def _response(answer: Answer) -> Response:
    return Response(
        answer.status, answer.headers, _parsed(answer.body), answer.body.decode("utf-8", "replace")
    )


def _texts(value: Any) -> list[str]:
    """A query value as the texts it is sent as: lists repeat the name, None is left out, booleans are lower-case."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(value)]


def _parsed(body: bytes) -> Json:
    try:
        return parse_json(body)
    except ValueError:
        return None


def _too_large(request: Request, limit: int) -> Failure:
    sentence = f"The far system's answer is larger than {limit:,} bytes."
    if is_write(request):
        return OutcomeUnknown(sentence, code="answer_too_large")
    return Data(sentence, code="answer_too_large")
