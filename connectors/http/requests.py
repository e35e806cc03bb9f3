"""What the HTTP operations share: their inputs, and an answer as flows see it."""

from collections.abc import Mapping

from connectors.http.pointers import text_at
from connectors.http.templates import filled, filled_path
from connectors.sdk.errors import Config, OutcomeUnknown
from connectors.sdk.schema import choice, integer, json_value, obj, text
from connectors.sdk.wire import Json, Request, Response, Schema

__all__ = [
    "ANSWER",
    "ANSWER_SAMPLE",
    "COMMON_FIELDS",
    "WRITE_FIELDS",
    "WRITTEN",
    "WRITTEN_SAMPLE",
    "answer_of",
    "content_of",
    "request_of",
    "written_of",
]

_FORBIDDEN = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
    }
)

_TEXTS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}

COMMON_FIELDS: dict[str, Schema] = {
    "path": text(
        "Path", help="Follows the connection's base URL, such as /orders.", shortest=1, pattern="^/(?!/)"
    ),
    "query": {"type": "object", "title": "Query", "description": "Lists repeat the name."},
    "headers": {**_TEXTS, "title": "Headers", "description": "Signing in is the connection's."},
    "values": {
        "type": "object",
        "title": "Values",
        "description": "Fill placeholders such as {{order.id}} in path, query, headers and body.",
    },
}

WRITE_FIELDS: dict[str, Schema] = {
    "method": choice("Method", ["POST", "PUT", "PATCH", "DELETE"], default="POST"),
    **COMMON_FIELDS,
    "body": json_value("Body", help="Any JSON."),
    "id_pointer": text("Where the id is", help="A JSON pointer into the answer.", default="/id"),
}

ANSWER: Schema = obj(
    {"status": integer("Status"), "headers": {**_TEXTS, "title": "Headers"}, "body": json_value("Body")},
    required=("status", "headers", "body"),
)
ANSWER_SAMPLE: Json = {"status": 200, "headers": {"content-type": "application/json"}, "body": {"id": "42"}}

WRITTEN: Schema = obj(
    {**dict(ANSWER["properties"]), "id": text("Id", help="Empty when the answer has none.")},
    required=("status", "headers", "body", "id"),
)
WRITTEN_SAMPLE: Json = {**ANSWER_SAMPLE, "status": 201, "id": "42"}


def request_of(method: str, data: Json, extra_headers: Mapping[str, str] | None = None) -> Request:
    """The request an operation's input means, its placeholders filled in when there are `values`.

    Raises `Config` for headers that are not a flow's to set, `Data` for a placeholder without a value.
    """
    data = _filled(data) if data.get("values") is not None else data
    headers = {**(data.get("headers") or {}), **(extra_headers or {})}
    forbidden = sorted(name for name in headers if name.lower() in _FORBIDDEN)
    if forbidden:
        raise Config(
            f"The header {forbidden[0]} can't be set by a flow.", code="header_forbidden", pointer="/headers"
        )
    return Request(method, data["path"], data.get("query") or {}, json=data.get("body"), headers=headers)


def answer_of(response: Response) -> Json:
    """Status, headers and the parsed body (the text when it isn't JSON)."""
    shown = {name: value for name, value in response.headers.items() if name != "set-cookie"}
    return {
        "status": response.status,
        "headers": shown,
        "body": response.json if response.json is not None else response.text,
    }


def written_of(data: Json, response: Response) -> Json:
    """The answer with the id found at `id_pointer`. Raises `OutcomeUnknown` when an id was asked for and isn't there."""
    pointer = data.get("id_pointer", "/id")
    found = text_at(response.json, pointer) if pointer else ""
    if not found and "id_pointer" in data and pointer:
        raise OutcomeUnknown(
            f"The answer has no id at {pointer}.", code="id_missing", detail=response.text[:500]
        )
    return {**answer_of(response), "id": found}


def content_of(request: Request) -> Json:
    """What the payload's hash is taken of: the request without its headers, and without the look-up's mark."""
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "body": request.json,
    }


def _filled(data: Json) -> Json:
    values = data["values"]
    headers = filled(data.get("headers") or {}, values, "/headers")
    return {
        **data,
        "path": filled_path(data["path"], values),
        "query": filled(data.get("query") or {}, values, "/query"),
        "headers": {name: str(value) for name, value in headers.items()},
        "body": filled(data.get("body"), values, "/body"),
    }
