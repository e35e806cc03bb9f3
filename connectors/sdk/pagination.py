"""Reading long lists page by page: by page number, offset, cursor, or a link to the next page."""

from collections.abc import Iterator, Mapping

from connectors.sdk.errors import Transient
from connectors.sdk.operation import MOST_PAGES, Call, Portion
from connectors.sdk.wire import Json

__all__ = ["by_cursor", "by_link", "by_offset", "by_page", "link_portion"]


def by_page(
    call: Call,
    path: str,
    query: Mapping[str, Json],
    *,
    first: int = 0,
    size: int = 100,
    items: str = "results",
) -> Iterator[Json]:
    """`page` and `limit`; ends at `hasNextPage` false, a short page, or a page with nothing new.

    Takes a bare array as well as {items: […], "hasNextPage": bool}.
    """
    seen: set[str] = set()
    for page in range(first, first + MOST_PAGES):
        answer = call.get(path, {**query, "page": page, "limit": size})
        found = answer if isinstance(answer, list) else answer.get(items, [])
        fresh = [one for one in found if _key(one) not in seen]
        yield from fresh
        seen.update(_key(one) for one in fresh)
        more = answer.get("hasNextPage") if isinstance(answer, dict) else None
        if not fresh or more is False or (more is None and len(found) < size):
            return
    raise _endless(path)


def by_offset(
    call: Call, path: str, query: Mapping[str, Json], *, size: int = 100, items: str = "results"
) -> Iterator[Json]:
    """`offset` and `limit`; ends at a short page."""
    for page in range(MOST_PAGES):
        answer = call.get(path, {**query, "offset": page * size, "limit": size})
        found = answer if isinstance(answer, list) else answer.get(items, [])
        yield from found
        if len(found) < size:
            return
    raise _endless(path)


def by_cursor(
    call: Call, path: str, query: Mapping[str, Json], *, size: int = 100, items: str = "results"
) -> Iterator[Json]:
    """`cursor` and `limit`; ends when the answer has no cursor. A full last page may be followed by an empty one."""
    cursor = ""
    for _ in range(MOST_PAGES):
        answer = call.get(path, {**query, "limit": size, **({"cursor": cursor} if cursor else {})})
        yield from answer.get(items, [])
        following = answer.get("cursor")
        if not following or following == cursor:
            return
        cursor = following
    raise _endless(path)


def by_link(
    call: Call, path: str, query: Mapping[str, Json], *, items: str, following: str
) -> Iterator[Json]:
    """The answer's `following` field is the path of the next page, relative to the base URL, with its query."""
    answer = call.get(path, query)
    for _ in range(MOST_PAGES):
        yield from answer.get(items, [])
        link = answer.get(following)
        if not link:
            return
        answer = call.get(link)
    raise _endless(path)


def link_portion(
    call: Call, path: str, query: Mapping[str, Json], at: Json, *, items: str, following: str
) -> Portion:
    """One page of such a list: the first one, or the one the link `at` leads to."""
    answer = call.get(at) if at else call.get(path, query)
    return Portion(answer.get(items, []), answer.get(following) or None)


def _key(item: Json) -> str:
    return str(item.get("key") or item.get("id") or item) if isinstance(item, dict) else str(item)


def _endless(path: str) -> Transient:
    return Transient(f"The list {path} did not end after {MOST_PAGES} pages.", code="endless_list")
