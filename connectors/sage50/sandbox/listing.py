"""Lists the way Sage gives them: `$` envelopes, sparse items unless attributes are asked for, time filters, sorting."""

from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl, urlencode

from connectors.sage50.sandbox.refusals import refuse
from connectors.sage50.sandbox.values import moment
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["envelope", "reference", "since"]

_BARE = ("id", "displayed_as", "$path")
_USUAL = (*_BARE, "created_at", "updated_at")
MOST_ITEMS = 200

Full = Callable[[World, Record], dict[str, Json]]


def reference(path: str, record: Record | None, displayed: str) -> Json:
    """A record as others point at it; None stays None."""
    return (
        {"id": record["id"], "displayed_as": displayed, "$path": f"/{path}/{record['id']}"}
        if record
        else None
    )


def since(records: Sequence[Record], request: Request) -> list[Record]:
    """Those changed since (inclusive) or deleted since (exclusive), as the query asks; deleted ones only for the latter."""
    changed, deleted = request.query("updated_or_created_since"), request.query("deleted_since")
    if deleted:
        limit = moment(deleted)
        return [one for one in records if one.get("deleted_at") and moment(one["deleted_at"]) > limit]
    kept = [one for one in records if not one.get("deleted_at")]
    if changed:
        limit = moment(changed)
        return [one for one in kept if moment(one["updated_at"]) >= limit]
    return kept


def envelope(world: World, request: Request, path: str, records: Sequence[Record], full: Full) -> Reply:
    """One page of `records` at `/path`."""
    page, size = _positive(request, "page", 1), min(_positive(request, "items_per_page", 20), MOST_ITEMS)
    ordered = _sorted(records, request.query("sort"))
    shown = [_shape(full(world, record), request) for record in ordered[(page - 1) * size : page * size]]
    return Reply(
        {
            "$total": len(ordered),
            "$page": page,
            "$next": _link(request, path, page + 1, size) if page * size < len(ordered) else None,
            "$back": _link(request, path, page - 1, size) if page > 1 else None,
            "$itemsPerPage": size,
            "$items": shown,
        }
    )


def _positive(request: Request, name: str, default: int) -> int:
    text = request.query(name) or str(default)
    if not text.isdigit() or text == "0":
        refuse(400, "UnexpectedError", f"{name} must be a positive number")
    return int(text)


def _link(request: Request, path: str, page: int, size: int) -> str:
    rest = [
        (k, v)
        for k, v in parse_qsl(request.query_text, keep_blank_values=True)
        if k not in ("page", "items_per_page")
    ]
    return f"/{path}?{urlencode([('page', page), ('items_per_page', size), *rest])}"


def _sorted(records: Sequence[Record], sort: str) -> Sequence[Record]:
    field, _, direction = sort.partition(":")
    if not field:
        return records
    return sorted(records, key=lambda record: _sort_key(record, field), reverse=direction == "desc")


def _sort_key(record: Record, field: str) -> str:
    return str(record.get(field) or record.get("input", {}).get(field) or "")


def _shape(whole: dict[str, Json], request: Request) -> Json:
    asked = request.query("attributes")
    nested = request.query("nested_attributes")
    wanted = (
        set(whole)
        if asked == "all"
        else {*_USUAL, *asked.split(","), *(nested.split(",") if nested != "all" else ())}
    )
    if not asked and not nested:
        wanted = set(_USUAL)
    return {name: value if nested else _thin(value) for name, value in whole.items() if name in wanted}


def _thin(value: Json) -> Json:
    if isinstance(value, list):
        return [_thin(item) for item in value]
    if isinstance(value, dict) and "id" in value:
        return {name: value[name] for name in _BARE if name in value}
    return value
