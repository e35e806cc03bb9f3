"""What goes over the wire, as plain values: the exact request that is stored before a write, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of such."""

Schema = Mapping[str, Any]
"""A JSON Schema, draft 2020-12. Own keywords: x-decimal, x-currency, x-title, x-secret, x-options."""

__all__ = ["Exchange", "Json", "Request", "Response", "Schema"]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request without its authentication; JSON-shaped so that the effect ledger can store and resend it.

    `path` is relative to the connection's base URL; a whole address, as lists give for their next page, must lie below it.
    At most one of `json` and `form` is set. `far_id` names the record an update or delete aims at. `lookup` isn't sent: it
    is what an operation's `find` needs to know about the request besides.
    """

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Json = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    far_id: str = ""
    lookup: Json = None

    def to_json(self) -> dict[str, Json]:
        """The request as a JSON object; `Request.from_json` is its inverse."""
        return {
            "method": self.method,
            "path": self.path,
            "query": dict(self.query),
            "json": self.json,
            "form": dict(self.form) if self.form is not None else None,
            "headers": dict(self.headers),
            "far_id": self.far_id,
            **({"lookup": self.lookup} if self.lookup is not None else {}),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> "Request":
        return cls(**value)


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer: status, lower-cased headers, and the body both parsed (None if it isn't JSON) and as text."""

    status: int
    headers: Mapping[str, str]
    json: Json
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP call as it is recorded: never with authentication headers; `ms` is the whole call's duration."""

    method: str
    url: str
    status: int | None
    ms: float
    request: Json
    response: Json
    error: str = ""
