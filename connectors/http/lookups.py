"""Recognising what a write made after its answer was lost, by a look-up request that a person describes."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.http.pointers import at, text_at
from connectors.http.requests import answer_of, request_of
from connectors.http.templates import filled
from connectors.sdk.errors import Config
from connectors.sdk.operation import Call, Mark, Match
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request, Schema

__all__ = ["LOOKUP", "find", "lookup_of", "values_of"]

LOOKUP: Schema = obj(
    {
        "path": text("Path", help="What to read, such as /orders.", shortest=1, pattern="^/(?!/)"),
        "query": {"type": "object", "title": "Query", "description": "May hold placeholders."},
        "items_at": text(
            "Where the list is", help="A JSON pointer; empty if the answer is the list.", default=""
        ),
        "equals": {
            "type": "object",
            "title": "It is the record if",
            "description": "JSON pointer into a record → what must be there. May hold placeholders.",
            "minProperties": 1,
        },
        "id_at": text("Where the id is", help="A JSON pointer into a record.", default="/id"),
        "created_at": text(
            "Where it says when it was made", help="A JSON pointer to a moment in ISO 8601 with its zone."
        ),
    },
    required=("path", "equals"),
    title="Look-up",
)
"""It must see every record at once, and all that fit on one page: a filter by a unique field, never a search index."""


def values_of(data: Json, mark: Mark) -> dict[str, Json]:
    """What placeholders may name: the operation's values, {{mark}} (16 characters) and {{guid}} (32 hex digits)."""
    return {**(data.get("values") or {}), "mark": mark.token, "guid": mark.guid}


def lookup_of(data: Json, mark: Mark) -> Json:
    """The look-up with its placeholders filled in, as the stored request carries it. Raises `Data`."""
    values = values_of(data, mark)
    raw = {"headers": data.get("headers") or {}, **data["lookup"]}
    asked = request_of("GET", {**raw, "values": values})
    return {
        "path": asked.path,
        "query": dict(asked.query),
        "headers": dict(asked.headers),
        "items_at": raw.get("items_at") or "",
        "equals": filled(raw["equals"], values, "/lookup/equals"),
        "id_at": raw.get("id_at") or "/id",
        "created_at": raw.get("created_at") or "",
    }


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """The records that the look-up of `request` gives and that fit it. Raises `Config` when its answer holds no list."""
    lookup: Mapping[str, Any] = request.lookup or {}
    answer = call.send(
        Request("GET", lookup["path"], lookup.get("query") or {}, headers=lookup.get("headers") or {})
    )
    found = at(answer.json, lookup["items_at"])
    if not isinstance(found, list):
        where = lookup["items_at"] or "the answer itself"
        raise Config(f"The look-up gives no list at {where}.", code="lookup", pointer="/lookup/items_at")
    return [_match(one, lookup, answer_of(answer)) for one in found if _fits(one, lookup["equals"])]


def _fits(record: Json, equals: Mapping[str, Json]) -> bool:
    return all(_same(at(record, pointer), wanted) for pointer, wanted in equals.items())


def _same(there: Json, wanted: Json) -> bool:
    """Numbers and their texts count as the same; APIs are not strict about them."""
    if isinstance(there, bool) or isinstance(wanted, bool) or there is None or wanted is None:
        return there is wanted
    return bool(there == wanted) or str(there) == str(wanted)


def _match(record: Json, lookup: Mapping[str, Any], answer: Json) -> Match:
    far_id = text_at(record, lookup["id_at"])
    if not far_id:
        raise Config(
            f"The record found has no id at {lookup['id_at']}.", code="lookup", pointer="/lookup/id_at"
        )
    output = {**answer, "body": record, "id": far_id}
    made = text_at(record, lookup["created_at"]) if lookup["created_at"] else ""
    return Match(far_id, output, made, ", ".join(sorted(lookup["equals"])))
