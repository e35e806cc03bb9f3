"""The timeline of a box: what happened there, page by page."""

from connectors.sdk.operation import Call, Pages, Portion, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import choice, items, json_value, obj, text, timestamp
from connectors.sdk.wire import Json
from connectors.streak.moments import millis_of

_FILTERS = [
    "NEWSFEED_BOX_CREATION_MOVE",
    "NEWSFEED_BOX_EDIT",
    "CALL_LOGS",
    "COMMENTS",
    "EMAILS",
    "FILES",
    "HANGOUTS_CHAT",
    "MEETING_NOTES",
]
_DIRECTIONS = {"oldest first": "Ascending", "newest first": "Descending"}
_SIZE = 100


def read(call: Call, data: Json, at: Json) -> Portion:
    answer = call.get(path_of("v2", "boxes", data["box_key"], "timeline"), _query(data, at))
    entries = answer.get("entries") or []
    following = answer.get("nextPage")
    return Portion(entries, following if entries and following != at else None)


def _query(data: Json, at: Json) -> dict[str, Json]:
    """After the first page Streak wants the token alone."""
    if at:
        return {"nextPageToken": at}
    query: dict[str, Json] = {"limit": _SIZE, "direction": _DIRECTIONS[data.get("order", "newest first")]}
    if data.get("only"):
        query["filters"] = f"[{','.join(data['only'])}]"
    if data.get("since"):
        query["startTimestamp"] = millis_of(data["since"], "/since")
    return query


PAGES = Pages("entries", read)

OPERATION = Read(
    title="List a box's timeline",
    help="Streak doesn't document what an entry looks like, so entries are given as they come.",
    input=obj(
        {
            "box_key": text("Box key", shortest=1),
            "order": choice("Order", list(_DIRECTIONS), default="newest first"),
            "only": items("Only", choice("", _FILTERS)),
            "since": timestamp("Since"),
        },
        required=("box_key",),
    ),
    output=obj({"entries": items("Entries", json_value("Entry"))}, required=("entries",)),
    sample={"entries": [{"type": "COMMENT", "timestamp": 1795253400000, "comment": {"message": "Hello"}}]},
    run=PAGES.all,
    pages=PAGES,
)
