"""A connector call in progress: signing, sending, classifying and recording, behind the `Call` protocol."""

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Protocol

from connectors.sdk.account import Account, AccountIdentity
from connectors.sdk.classify import classify_answer
from connectors.sdk.client import Client
from connectors.sdk.errors import Auth, Config, Failure, RateLimited, Transient
from connectors.sdk.guard import origin_of
from connectors.sdk.http import Http, OnExchange, Route
from connectors.sdk.redact import Redactor
from connectors.sdk.registry import Connector
from connectors.sdk.wire import Json, Request, Response

__all__ = ["LiveCall", "Sender", "forget_cached", "identify", "open_call", "to_hide"]


class Sender(Protocol):
    """What sends a call's requests: `Http`, or a script of answers in tests."""

    redactor: Redactor

    def send(
        self, request: Request, headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Response: ...


class LiveCall:
    """The `Call` that operations get, on a real connection. Open one per step; it isn't shared between threads."""

    def __init__(
        self,
        client: Client,
        account: Account,
        http: Sender,
        *,
        now: Callable[[], float] = time.monotonic,
        budget: float | None = None,
    ) -> None:
        self._client = client
        self._account = account
        self._http = http
        self._now = now
        self._until = None if budget is None else now() + budget
        self._headers = _signed(client, account)

    @property
    def settings(self) -> Mapping[str, Json]:
        return self._account.settings

    def get(self, path: str, query: Mapping[str, Json] | None = None) -> Json:
        """GET and return the parsed body. Raises `Failure`."""
        return self.send(Request("GET", path, query or {})).json

    def send(self, request: Request) -> Response:
        """Send exactly this request, signed. Raises `Failure`; for a write, `OutcomeUnknown` when it may have happened."""
        response = self._http.send(request, self._headers, deadline=self._seconds_left())
        failure = self._client.classify(request, response) or classify_answer(request, response)
        if failure is None:
            return response
        if isinstance(failure, Auth) and self._client.recheck and request.path != self._client.recheck:
            failure = self._rechecked(failure)
        raise _redacted(failure, self._http.redactor)

    def cached(self, key: str, seconds: float, load: Callable[[], Json]) -> Json:
        """`load()` at most once per connection and `seconds`; with `seconds` = 0 it is loaded anew and kept."""
        where = (self._account.connection, self._account.base_url, _digest(self._account.settings), key)
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
            self.get(self._client.recheck)
        except Failure as other:
            return other if isinstance(other, Transient | RateLimited) else failure
        return Config(
            "This connection has no access to that record.",
            code="no_access",
            pointer=failure.pointer,
            detail=failure.detail,
        )


def open_call(
    connector: Connector,
    account: Account,
    on_exchange: OnExchange,
    *,
    now: Callable[[], float] = time.monotonic,
    before_send: Callable[[], None] | None = None,
    budget: float | None = None,
) -> LiveCall:
    """A call on `account`. Each request gets `account.deadline` seconds in all, and all of them `budget` when given.

    `before_send` runs right before the first byte of every write leaves; what it raises drops the request unsent and
    passes through unchanged. Raises `Config` when the account cannot be used at all.
    """
    connector.check_account(account)
    client = connector.client
    http = Http(
        Route(account.base_url, account.reach, account.connection, account.deadline),
        on_exchange=on_exchange,
        redactor=Redactor(to_hide(client, account)),
        now=now,
        before_send=before_send,
    )
    return LiveCall(client, account, http, now=now, budget=budget)


def identify(connector: Connector, account: Account, on_exchange: OnExchange) -> AccountIdentity:
    """The connection test: whose account this is. Raises `Failure`.

    A connector for any host names its account by host as well: two APIs never share the keys of their effects.
    """
    found = connector.client.identify(open_call(connector, account, on_exchange))
    if connector.manifest.hosts != ("*",):
        return found
    host = origin_of(account.base_url, account.reach).host
    return AccountIdentity(f"{host}/{found.id}", f"{found.name} ({host})")


def forget_cached(connection: str) -> None:
    """Drop what is cached for a connection: its secrets or settings have changed."""
    _cache.forget(connection)


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


def _signed(client: Client, account: Account) -> dict[str, str]:
    headers = dict(client.headers(account))
    try:
        kind = client.auth_kind(account.auth)
    except KeyError as error:
        raise Config(f"This connector has no sign-in called “{account.auth}”.", code="auth_kind") from error
    kind.sign(headers, account.secrets)
    return headers


def to_hide(client: Client, account: Account) -> list[str]:
    """The values that must never be recorded: the secrets, and what signing made of them."""
    plain = set(client.headers(account).values())
    made = [value for value in _signed(client, account).values() if value not in plain]
    secrets = [account.secrets.reveal(name) for name in account.secrets.names()]
    return [*secrets, *made, *(value.partition(" ")[2] for value in made)]


def _digest(settings: Mapping[str, Json]) -> str:
    return json.dumps(dict(settings), sort_keys=True, default=str)


def _redacted(failure: Failure, redactor: Redactor) -> Failure:
    failure.sentence = redactor.text(failure.sentence)
    failure.args = (failure.sentence,)
    failure.detail = redactor.text(failure.detail)
    failure.info = redactor.json(failure.info)
    return failure
