"""Requests and replies as the simulators see them, apart from sockets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal
from urllib.parse import parse_qs

import orjson

from connectors.sdk.wire import Json

__all__ = ["NO_CONTENT", "RefusedError", "Reply", "Request", "encode", "problem", "read_object"]

NO_CONTENT = 204


def encode(value: Json, decimals: Literal["number", "string"] = "number") -> bytes:
    """`value` as JSON bytes; a `Decimal` becomes a number, as in the real APIs, or a string."""
    return orjson.dumps(value, default=str if decimals == "string" else _as_number)


def _as_number(value: Json) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


@dataclass
class Request:
    """One HTTP request. `path` is percent-decoded, `headers` have lower-case names, `params` and
    `open` (needs no credentials) come from the route."""

    method: str
    path: str
    query_text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    params: Mapping[str, str] = field(default_factory=dict)
    open: bool = False

    @property
    def is_write(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def queries(self) -> Mapping[str, list[str]]:
        """Every query parameter with all its values."""
        return parse_qs(self.query_text, keep_blank_values=True)

    def query(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        return self.queries.get(name, [default])[-1]

    def json(self) -> Json:
        """The body as JSON, numbers with a fraction as `Decimal`; raises `ValueError` when it isn't JSON."""
        return json.loads(self.body, parse_float=Decimal)

    def form(self) -> dict[str, str]:
        """The body as form fields; the last value of a repeated name wins."""
        pairs = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in pairs.items()}


@dataclass(frozen=True)
class Reply:
    """An answer: `value` is sent as JSON unless `raw` is set. `clock` is the time it is dated with (epoch seconds, None = now)."""

    value: Json = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json"
    clock: float | None = None


class RefusedError(Exception):
    """The simulated system refuses: what the request changed is rolled back and `reply` is sent."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.status} {reply.value!r}")
        self.reply = reply


def problem(status: int, detail: str) -> Reply:
    """A refusal of the control API itself."""
    return Reply({"status": status, "detail": detail}, status, content_type="application/problem+json")


def read_object(request: Request) -> dict[str, Json]:
    """The JSON object a control request carries; no body counts as an empty one."""
    body = request.json() if request.body.strip() else {}
    if not isinstance(body, dict):
        raise RefusedError(problem(400, "Send a JSON object."))
    return body
