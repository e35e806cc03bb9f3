"""CSI's IDO request service: load with bookmarks, update with `_ItemId`, invoke. Every value is a text or null."""

from collections.abc import Iterator, Mapping, Sequence

from connectors.sdk.errors import OutcomeUnknown
from connectors.sdk.operation import MOST_PAGES, Call, Portion
from connectors.sdk.paths import path_of
from connectors.sdk.wire import Json, Request, Response

__all__ = ["change", "fields_of", "item_in", "load", "load_page", "quoted", "update_request"]

CAP = 100
_IDO = "/CSI/IDORequestService/ido"


def quoted(value: str) -> str:
    """A literal of a filter: 'O''Neill' as N'O''Neill'."""
    return "N'" + value.replace("'", "''") + "'"


def load_page(call: Call, ido: str, asked: Mapping[str, Json], at: Json) -> Portion:
    """One page of rows, from the bookmark `at` on (None = the first). `asked` holds properties, filter and orderby."""
    query: dict[str, Json] = {name: value for name, value in asked.items() if value}
    query |= {"recordcap": CAP, "loadtype": "NEXT", "bookmark": at or "<B/>"}
    body = call.get(_IDO + path_of("load", ido), query)
    more = bool(body.get("MoreRowsExist")) and body.get("Bookmark") not in ("", None, at)
    return Portion(list(body.get("Items") or []), body.get("Bookmark") if more else None)


def load(call: Call, ido: str, **asked: Json) -> Iterator[Json]:
    """All rows of a load."""
    at: Json = None
    for _ in range(MOST_PAGES):
        portion = load_page(call, ido, asked, at)
        yield from portion.items
        at = portion.following
        if at is None:
            return


def change(action: int, values: Mapping[str, Json], item_id: str = "") -> dict[str, Json]:
    """One change: 1 insert, 2 update, 4 delete. Every property is marked as modified, as CSI wants it."""
    properties = [
        {
            "Name": name,
            "Value": None if value is None else str(value),
            "Modified": True,
            "IsNull": value is None,
        }
        for name, value in values.items()
    ]
    return {"Action": action, "ItemId": item_id, "UpdateLocking": 1, "Properties": properties}


def update_request(ido: str, changed: Mapping[str, Json], far_id: str = "") -> Request:
    """The POST of one change; several in one call are not carried out everywhere."""
    body = {"IDOName": ido, "Changes": [dict(changed)]}
    return Request("POST", _IDO + path_of("update", ido), {"refresh": "true"}, json=body, far_id=far_id)


def item_in(response: Response) -> dict[str, Json]:
    """The refreshed row of an update, name → value, with "_ItemId". Raises `OutcomeUnknown` for an answer without one."""
    items: Sequence[Json] = (response.json or {}).get("RefreshItems") or []
    if not items:
        raise OutcomeUnknown("CSI did not say what it saved.", code="no_refresh", detail=response.text[:500])
    return {**{one["Name"]: one["Value"] for one in items[0]["Properties"]}, "_ItemId": items[0]["ItemId"]}


def fields_of(changed: Mapping[str, Json]) -> dict[str, Json]:
    """The values a change sends."""
    return {one["Name"]: one["Value"] for one in changed["Properties"]}
