"""The ways in which APIs give long lists page by page, each as one step: the page at a place, and the next page's place."""

import re
from collections.abc import Callable, Mapping, Sequence

from connectors.http.pointers import at
from connectors.http.requests import request_of
from connectors.sdk.errors import Data, NotFound, Transient
from connectors.sdk.operation import Call, Portion
from connectors.sdk.schema import choice, integer, text
from connectors.sdk.trigger import content_hash
from connectors.sdk.wire import Json, Response, Schema

__all__ = ["PAGING_FIELDS", "read_page"]

_KINDS = ["page", "offset", "cursor", "link", "next_url"]
_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)')
_REL_NEXT = re.compile(r';\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next)(?=\s*(?:;|$))', re.I)

PAGING_FIELDS: dict[str, Schema] = {
    "items_at": text(
        "Where the list is",
        help="A JSON pointer into the answer; empty if the answer is the list.",
        default="",
    ),
    "paging": choice(
        "Paging",
        _KINDS,
        help="By page number, by offset, by a cursor in the answer, by the Link header, or by the next page's address in the answer.",
    ),
    "page_parameter": text("Parameter", help="Such as page, offset or cursor: the default follows the kind."),
    "first_page": integer("First page", minimum=0, default=1),
    "size_parameter": text("Parameter of the size", help="Such as limit; empty asks for none."),
    "size": integer("Size of a page", minimum=1, maximum=10_000, default=100),
    "next_at": text(
        "Where the next one is", help="A JSON pointer to the cursor, or to the next page's address."
    ),
    "more_at": text(
        "Where it says whether there is more",
        help="A JSON pointer to true or false; else an empty page ends.",
    ),
}
"""How the list is paged: what `read_page` reads of an operation's input."""


def read_page(call: Call, data: Json, at_place: Json) -> Portion:
    """One page of the list that `data` asks for, as `Pages.read` wants it. Raises `Failure`."""
    return _READERS[data["paging"]](call, data, at_place)


def _by_page(call: Call, data: Json, place: Json) -> Portion:
    first = data.get("first_page", 1)
    number = place["page"] if place else first
    try:
        body = _asked(call, data, {data.get("page_parameter") or "page": number}).json
    except NotFound:
        if number == first:
            raise
        return Portion([])
    found = _items(body, data)
    return _numbered(found, body, data, place, {"page": number + 1})


def _by_offset(call: Call, data: Json, place: Json) -> Portion:
    offset = place["offset"] if place else 0
    body = _asked(call, data, {data.get("page_parameter") or "offset": offset}).json
    found = _items(body, data)
    return _numbered(found, body, data, place, {"offset": offset + len(found)})


def _numbered(
    found: Sequence[Json], body: Json, data: Json, place: Json, following: dict[str, Json]
) -> Portion:
    """Ends at an empty page, where the answer says so, or when a page comes again: an API that gives less than the size
    asked for doesn't end a list early."""
    more = at(body, data["more_at"]) if data.get("more_at") else None
    seen = content_hash(list(found))
    if not found or (place and place.get("seen") == seen):
        return Portion([])
    return Portion(found, None if more is False else {**following, "seen": seen})


def _by_cursor(call: Call, data: Json, place: Json) -> Portion:
    asked = {data.get("page_parameter") or "cursor": place["cursor"]} if place else {}
    body = _asked(call, data, asked).json
    cursor = at(body, data.get("next_at") or "/next_cursor")
    more = at(body, data["more_at"]) if data.get("more_at") else None
    if cursor in (None, "") or more is False:
        return Portion(_items(body, data))
    return Portion(_items(body, data), _moved(place, {"cursor": cursor}))


def _by_link(call: Call, data: Json, place: Json) -> Portion:
    answer = _asked(call, data, {}, place)
    links = _LINK.findall(answer.headers.get("link", ""))
    return _linked(
        data, answer, next((where for where, about in links if _REL_NEXT.search(about)), ""), place
    )


def _by_next_url(call: Call, data: Json, place: Json) -> Portion:
    answer = _asked(call, data, {}, place)
    return _linked(data, answer, at(answer.json, data.get("next_at") or "/next"), place)


def _linked(data: Json, answer: Response, link: Json, place: Json) -> Portion:
    found = _items(answer.json, data)
    if link in (None, ""):
        return Portion(found)
    if not isinstance(link, str):
        raise Data("The next page's address in the answer is no text.", code="next_page", pointer="/next_at")
    return Portion(found, _moved(place, {"link": link}))


def _moved(place: Json, following: dict[str, Json]) -> dict[str, Json]:
    if place == following:
        raise Transient("The list goes on at the page it is on.", code="endless_list")
    return following


def _asked(call: Call, data: Json, asked: Mapping[str, Json], place: Json = None) -> Response:
    """The answer for one page: with `asked` in the query, or from the address the page before gave."""
    size = {data["size_parameter"]: data.get("size", 100)} if data.get("size_parameter") else {}
    first = request_of("GET", {**data, "query": {**(data.get("query") or {}), **size, **asked}})
    if not place or "link" not in place:
        return call.send(first)
    link = place["link"]
    own = first.path.partition("?")[0]
    path = f"{own}{link}" if link.startswith("?") else link
    if not path.startswith(("/", "https://", "http://")) or path.startswith("//"):
        path = f"{own.rpartition('/')[0]}/{link.removeprefix('./')}" if "//" not in link else f"https:{link}"
    return call.send(request_of("GET", {"path": path, "headers": first.headers}))


def _items(body: Json, data: Json) -> Sequence[Json]:
    found = at(body, data.get("items_at") or "")
    if not isinstance(found, list):
        where = data.get("items_at") or "the answer itself"
        raise Data(f"There is no list at {where}.", code="no_list", pointer="/items_at")
    return found


_READERS: Mapping[str, Callable[[Call, Json, Json], Portion]] = {
    "page": _by_page,
    "offset": _by_offset,
    "cursor": _by_cursor,
    "link": _by_link,
    "next_url": _by_next_url,
}
