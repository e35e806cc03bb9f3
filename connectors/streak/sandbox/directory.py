"""What contacts and organizations share: text fields, lists that replace, custom fields, cursor paging."""

import base64
import binascii
from collections.abc import Sequence

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import number, text
from connectors.streak.sandbox.refusals import refuse

__all__ = ["HANDLES", "by_keys", "merged", "page", "texts"]

HANDLES = ("twitterHandle", "facebookHandle", "linkedinHandle", "instagramHandle")


def texts(value: Json) -> list[str]:
    """A list of texts; anything else is refused."""
    if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
        refuse("Missing parameters")
    return [item.strip() for item in value if item.strip()]


def merged(record: Record, body: dict[str, Json], plain: Sequence[str], lists: Sequence[str]) -> Record:
    """`record` with an update merged in: null and absent leave as is, lists replace, `fields` merge by key as texts."""
    changed = dict(record)
    changed |= {name: text(body[name]) for name in plain if body.get(name) is not None}
    changed |= {name: texts(body[name]) for name in lists if body.get(name) is not None}
    for name in ("contactLinks", "orgLinks"):
        if body.get(name) is not None:
            changed[name] = [link for link in body[name] if isinstance(link, dict) and link.get("key")]
    if isinstance(body.get("fields"), dict):
        values = {key: text(value) for key, value in body["fields"].items() if value is not None}
        changed["fields"] = record["fields"] | values
    if "domains" in lists:
        changed["normalizedDomains"] = [domain.lower() for domain in changed["domains"]]
    return changed


def page(records: Sequence[Record], request: Request) -> Reply:
    """One page after the cursor. A full page always has a cursor, so the one after the last may be empty."""
    limit = number(request.query("limit"), 100) or 100
    start = _position(request.query("cursor"))
    found = list(records[start : start + limit])
    cursor = _cursor(start + limit) if len(found) == limit else None
    return Reply({"results": found, "cursor": cursor})


def by_keys(world: World, kind: str, keys: Sequence[Json]) -> Reply:
    """The records of a batch get, by key; unknown keys are left out."""
    found = {str(key): world.records.get(kind, str(key)) for key in keys}
    return Reply({key: record for key, record in found.items() if record})


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"after:{position}".encode()).rstrip(b"=").decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().removeprefix("after:")
        )
    except (binascii.Error, ValueError):
        refuse("Invalid cursor")
