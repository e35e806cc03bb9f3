"""The one HTTP client: a single origin, one deadline for the whole call, a size cap, and a record of every exchange."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
import requests
from urllib3.exceptions import HTTPError

from connectors.sdk.classify import classify_lost, is_write
from connectors.sdk.errors import Config, Data, Failure, OutcomeUnknown
from connectors.sdk.guard import Reach, origin_of
from connectors.sdk.numbers import parse_json
from connectors.sdk.redact import Redactor
from connectors.sdk.transport import Flight, adapter_for, flying
from connectors.sdk.wire import Exchange, Json, Request, Response

__all__ = ["Http", "OnExchange", "Route"]

OnExchange = Callable[[Exchange], None]

_CHUNK = 65_536
_BROKEN = (requests.RequestException, HTTPError, OSError)


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

    `before_send` runs right before the first byte of a write leaves; raising in it drops the call unsent.
    """

    def __init__(
        self,
        route: Route,
        *,
        on_exchange: OnExchange = _ignore,
        redactor: Redactor | None = None,
        now: Callable[[], float] = time.monotonic,
        before_send: Callable[[], None] | None = None,
    ) -> None:
        origin_of(route.base_url, route.reach)
        self._route = route
        self._base_url = route.base_url.rstrip("/")
        self._connection = route.connection or route.base_url
        self._on_exchange = on_exchange
        self.redactor = redactor or Redactor()
        self._now = now
        self._before_send = before_send

    def send(
        self, request: Request, headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Response:
        """Send `request` with `headers` (its own win) and return any answer, whatever its status.

        Raises `Transient` when it certainly did not happen, `OutcomeUnknown` when a write may have, `Config` for an
        address that may not be reached, `Data` for an answer that is too large.
        """
        url = self._url(request)
        prepared = _prepare(request, url, headers)
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
            response = self._exchange(request, prepared, flight)
            error = ""
        except Failure as failure:
            error = failure.detail or failure.sentence
            raise
        finally:
            self._record(request, url, response, (self._now() - started) * 1000, error)
        return response

    def _exchange(self, request: Request, prepared: requests.PreparedRequest, flight: Flight) -> Response:
        """Send and read; a read that met a connection the far side had just closed is sent once more, on a new one."""
        try:
            return self._once(request, prepared, flight)
        except _BROKEN as error:
            if not flight.reused or is_write(request) or flight.until <= self._now():
                raise self._lost(request, flight, error) from error
        flight.sent = False
        try:
            return self._once(request, prepared, flight)
        except _BROKEN as error:
            raise self._lost(request, flight, error) from error

    def _once(self, request: Request, prepared: requests.PreparedRequest, flight: Flight) -> Response:
        adapter = adapter_for(self._connection, self._route.reach)
        with flying(flight), adapter.send(prepared, stream=True, timeout=flight.remaining()) as answer:
            body = self._read(answer, request)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, _parsed(body), body.decode("utf-8", "replace"))

    def _read(self, answer: requests.Response, request: Request) -> bytes:
        parts: list[bytes] = []
        size = 0
        while part := answer.raw.read(_CHUNK, decode_content=True):
            size += len(part)
            if size > self._route.max_bytes:
                raise _too_large(request, self._route.max_bytes)
            parts.append(part)
        return b"".join(parts)

    def _lost(self, request: Request, flight: Flight, error: Exception) -> Failure:
        if isinstance(error, requests.exceptions.SSLError) and not flight.sent:
            sentence = "The far system's certificate is not one we can trust."
            return Config(sentence, code="certificate", detail=str(error))
        return classify_lost(
            request, sent=flight.sent, reason=self.redactor.text(f"{type(error).__name__}: {error}")
        )

    def _url(self, request: Request) -> str:
        path = request.path if request.path.startswith("/") else f"/{request.path}"
        if any(part in {"..", "."} for part in path.partition("?")[0].split("/")):
            raise Data("A path may not contain dot segments.", code="path", detail=path)
        query = urlencode([(name, text) for name, value in request.query.items() for text in _texts(value)])
        if not query:
            return self._base_url + path
        return f"{self._base_url}{path}{'&' if '?' in path else '?'}{query}"

    def _record(self, request: Request, url: str, response: Response | None, ms: float, error: str) -> None:
        redact = self.redactor
        sent: Json = request.json if request.form is None else dict(request.form)
        received: Json = None
        if response is not None:
            received = response.json if response.json is not None else response.text or None
        self._on_exchange(
            Exchange(
                method=request.method.upper(),
                url=redact.text(url),
                status=response.status if response is not None else None,
                ms=round(ms, 3),
                request=redact.json(sent),
                response=redact.json(received),
                error=redact.text(error),
            )
        )


def _prepare(request: Request, url: str, headers: Mapping[str, str]) -> requests.PreparedRequest:
    body: bytes | None = None
    all_headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": "Interlock",
        **headers,
    }
    if request.form is not None:
        body = urlencode(dict(request.form)).encode()
        all_headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif request.json is not None:
        body = orjson.dumps(request.json)
        all_headers["Content-Type"] = "application/json"
    elif is_write(request):
        body = b""
    all_headers.update(request.headers)
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare(method=request.method.upper(), url=url, headers=all_headers, data=body)
    except (requests.RequestException, ValueError) as error:
        raise Data("This request cannot be sent as it is.", code="request", detail=str(error)) from error
    return prepared


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
