"""A connector call in progress: signing, sending, classifying and recording, behind the `Call` protocol."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from threading import Lock
from typing import Protocol
from urllib.parse import urlsplit

from connectors.sdk.account import Account, AccountIdentity
from connectors.sdk.carriage import Carrying
from connectors.sdk.classify import classify_answer
from connectors.sdk.errors import Auth, Config, Failure, RateLimited, Transient
from connectors.sdk.guard import origin_of
from connectors.sdk.http import Http, OnExchange, Waiting
from connectors.sdk.ready import Ready, forget_ready, ready_for
from connectors.sdk.redact import Redactor, redacted
from connectors.sdk.registry import Connector
from connectors.sdk.wire import Json, Request, Response

__all__ = ["Gate", "LiveCall", "Sender", "forget_cached", "identify", "open_call"]


class Sender(Protocol):
    """What sends a call's requests: `Http`, or a script of answers in tests."""

    redactor: Redactor

    def send(
        self, request: Request, headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Response: ...


class Gate(Protocol):
    """What lets requests through: limits of rate and of failures, kept by whoever runs the call."""

    def admit(self, *, must: bool = False) -> None:
        """One request is about to be sent. Raises whatever puts the call off; with `must` it is only counted."""

    def ended(self, response: Response | None, failure: Failure | None) -> None:
        """How the request that was let through came out: its answer if there is one, and what it was classified as."""


class LiveCall:
    """The `Call` that operations get, on a real connection. Open one per step; it isn't shared between threads."""

    def __init__(
        self,
        ready: Ready,
        http: Sender,
        *,
        now: Callable[[], float] = time.monotonic,
        budget: float | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._ready = ready
        self._client = ready.client
        self._account = ready.account
        self._http = http
        self._now = now
        self._until = None if budget is None else now() + budget
        self._gate = gate

    @property
    def settings(self) -> Mapping[str, Json]:
        return self._account.settings

    def get(self, path: str, query: Mapping[str, Json] | None = None) -> Json:
        """GET and return the parsed body. Raises `Failure`."""
        return self.send(Request("GET", path, query or {})).json

    def send(self, request: Request) -> Response:
        """Send exactly this request, signed. Raises `Failure`; for a write, `OutcomeUnknown` when it may have happened."""
        sequence = self._client.sequences.get(request.path)
        if sequence is not None:
            return sequence(self, request)
        response, failure = self._sent(request)
        if failure is None:
            return response
        if isinstance(failure, Auth) and self._client.recheck and request.path != self._client.recheck:
            failure = self._rechecked(failure)
        raise redacted(failure, self._http.redactor)

    def _sent(self, request: Request, *, must: bool = False) -> tuple[Response, Failure | None]:
        """The answer and what it means, told to the gate. Raises `Failure` when there is no answer."""
        seconds = self._seconds_left()
        if self._gate is None:
            response = self._http.send(request, self._ready.headers, deadline=seconds)
            return response, self._meaning(request, response)
        self._gate.admit(must=must)
        try:
            response = self._http.send(request, self._ready.headers, deadline=seconds)
        except Failure as lost:
            self._gate.ended(None, lost)
            raise
        failure = self._meaning(request, response)
        self._gate.ended(response, failure)
        return response, failure

    def _meaning(self, request: Request, response: Response) -> Failure | None:
        return self._client.classify(request, response) or classify_answer(request, response)

    def cached(self, key: str, seconds: float, load: Callable[[], Json]) -> Json:
        """`load()` at most once per connection and `seconds`; with `seconds` = 0 it is loaded anew and kept."""
        where = (self._account.connection, self._account.base_url, self._ready.digest, key)
        kept = _cache.read(where, self._now() - seconds) if seconds > 0 else None
        if kept is not None:
            return kept[1]
        value = load()
        _cache.keep(where, (self._now(), value))
        return value

    def _seconds_left(self) -> float | None:
        if self._until is None:
            return None
        left = self._until - self._now()
        if left <= 0:
            raise Transient("There was no time left for this call.", code="budget_used")
        return left

    def _rechecked(self, failure: Auth) -> Failure:
        """A 401 may be about one record only: the account is lost only if its cheapest read is refused as well."""
        try:
            _, other = self._sent(Request("GET", self._client.recheck), must=True)
        except Failure as lost:
            other = lost
        if other is not None:
            return other if isinstance(other, Transient | RateLimited) else failure
        return Config(
            "This connection has no access to that record.",
            code="no_access",
            pointer=failure.pointer,
            detail=failure.detail,
        )


def open_call(  # noqa: PLR0913 - what the runtime lends a call, each by its name
    connector: Connector,
    account: Account,
    on_exchange: OnExchange,
    *,
    now: Callable[[], float] = time.monotonic,
    before_send: Callable[[], None] | None = None,
    budget: float | None = None,
    gate: Gate | None = None,
    waiting: Waiting = nullcontext,
) -> LiveCall:
    """A call on `account`. Each request gets `account.deadline` seconds in all, and all of them `budget` when given.

    `before_send` runs right before the first byte of every write leaves; what it raises drops the request unsent and
    passes through unchanged. `gate` is asked before each request and told its end. `waiting` is entered while the
    thread waits for the far system. Raises `Config` when the account cannot be used at all.
    """
    ready = ready_for(connector, account)
    carrier = ready.client.carrier
    sender: Sender
    if carrier is None:
        sender = Http(
            ready.route,
            on_exchange=on_exchange,
            redactor=ready.redactor,
            now=now,
            before_send=before_send,
            waiting=waiting,
        )
    else:
        sender = Carrying(
            carrier,
            account,
            on_exchange=on_exchange,
            redactor=ready.redactor,
            now=now,
            before_send=before_send,
            waiting=waiting,
        )
    return LiveCall(ready, sender, now=now, budget=budget, gate=gate)


def identify(
    connector: Connector, account: Account, on_exchange: OnExchange, *, gate: Gate | None = None
) -> AccountIdentity:
    """The connection test: whose account this is. Raises `Failure`.

    A connector for any host names its account by host as well, and one without an address of its own by its whole address:
    two APIs never share the keys of their effects.
    """
    found = connector.client.identify(open_call(connector, account, on_exchange, gate=gate))
    host = origin_of(account.base_url, account.reach).host
    if connector.manifest.hosts != ("*",):
        if connector.manifest.base_url:
            return found
        return AccountIdentity(f"{host}{urlsplit(account.base_url).path.rstrip('/')}/{found.id}", found.name)
    return AccountIdentity(f"{host}/{found.id}", f"{found.name} ({host})")


def forget_cached(connection: str) -> None:
    """Drop what is cached for a connection: its secrets or settings have changed."""
    _cache.forget(connection)
    forget_ready(connection)


_Where = tuple[str, str, str, str]


class _Cache:
    """What far systems were asked lately, per connection, least recently used first out."""

    def __init__(self, size: int = 2_000) -> None:
        self._size = size
        self._kept: OrderedDict[_Where, tuple[float, Json]] = OrderedDict()
        self._lock = Lock()

    def read(self, where: _Where, not_before: float) -> tuple[float, Json] | None:
        with self._lock:
            kept = self._kept.get(where)
            return kept if kept is not None and kept[0] > not_before else None

    def keep(self, where: _Where, value: tuple[float, Json]) -> None:
        with self._lock:
            self._kept[where] = value
            self._kept.move_to_end(where)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def forget(self, connection: str) -> None:
        with self._lock:
            for where in [where for where in self._kept if where[0] == connection]:
                del self._kept[where]


_cache = _Cache()
