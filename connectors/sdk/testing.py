"""For tests of connectors: a far system that answers by script, and complains about what was not asked."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

import orjson

from connectors.sdk.account import Account, Secrets
from connectors.sdk.classify import classify_lost
from connectors.sdk.operation import Mark
from connectors.sdk.ready import prepared
from connectors.sdk.redact import Redactor
from connectors.sdk.registry import Connector
from connectors.sdk.session import LiveCall, forget_cached
from connectors.sdk.wire import Json, Request, Response

__all__ = ["MARK", "Replies"]

MARK = Mark(token="8K2M4Q6S8U1W3Y5A", guid="5d0c" + "0" * 28)  # noqa: S106 - a mark, not a secret


@dataclass(slots=True)
class _Reply:
    method: str
    path: str
    query: Mapping[str, str]
    response: Response | None
    used: bool = False

    def fits(self, request: Request, path: str, query: Mapping[str, str]) -> bool:
        same = (self.method, self.path) == (request.method.upper(), path)
        return not self.used and same and all(query.get(name) == value for name, value in self.query.items())


@dataclass(slots=True)
class Replies:
    """Scripted answers for one connector; each is used once. Leaving the `with` block fails when one wasn't.

    `with Replies(connector("streak")) as far: far.on("GET", "/v1/users/me", json={…}); OPERATION.run(far.call(), {…})`
    """

    connector: Connector
    settings: Mapping[str, Json] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(
        default_factory=lambda: {"api_key": "key-for-tests", "access_token": "token-for-tests"}
    )
    sent: list[Request] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    redactor: Redactor = field(default_factory=Redactor)
    _replies: list[_Reply] = field(default_factory=list)

    def on(
        self,
        method: str,
        path: str,
        *,
        json: Json = None,
        status: int = 200,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Answer the next such request: `path` without its query, `query` = parameters it must have."""
        text = orjson.dumps(json).decode() if json is not None else ""
        answer = Response(status, dict(headers or {}), json, text)
        self._replies.append(_Reply(method, path, query or {}, answer))
        return self

    def lost(self, method: str, path: str) -> Self:
        """Take the next such request and lose the answer."""
        self._replies.append(_Reply(method, path, {}, None))
        return self

    def call(self) -> LiveCall:
        """A call on the scripted account."""
        account = Account("replies", "https://far.test", "", Secrets(self.secrets), self.settings)
        forget_cached(account.connection)
        ready = prepared(self.connector, account)
        self.redactor = ready.redactor
        return LiveCall(ready, self)

    def send(
        self, request: Request, headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Response:
        """What `LiveCall` calls instead of the network."""
        del deadline
        self.sent.append(request)
        self.headers.append(headers)
        path, _, tail = request.path.partition("?")
        query = {
            **OrderedDict(parse_qsl(tail)),
            **{name: str(value) for name, value in request.query.items()},
        }
        for reply in self._replies:
            if reply.fits(request, path, query):
                reply.used = True
                if reply.response is None:
                    raise classify_lost(request, sent=True, reason="lost by the script")
                return reply.response
        raise AssertionError(f"Nothing is scripted for {request.method} {path} {query}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unused = [f"{reply.method} {reply.path}" for reply in self._replies if not reply.used]
        if kind is None and unused:
            raise AssertionError(f"Never asked for: {', '.join(unused)}")
