"""Reading stored lists: all of a run, and one page of one."""

from collections.abc import Sequence

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.engine.long_list import NOTE, LongList, Progress
from integrations.lists.models import ListPage
from integrations.payloads import codec

__all__ = ["list_of", "lists_of", "progress_of", "readable", "shown_page"]


def lists_of(run_id: int) -> dict[tuple[str, str], LongList]:
    """Every list of a run that is stored from its first page on, by path and part."""
    found: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    columns = ("path", "part", "number", "first", "count")
    for path, part, *row in (
        ListPage.objects.filter(run_id=run_id).order_by("path", "part", "number").values_list(*columns)
    ):
        found.setdefault((path, part), []).append((row[0], row[1], row[2]))
    return {(path, part): _opened(run_id, path, part, rows) for (path, part), rows in found.items()}


def shown_page(run_id: int, path: str, part: str, number: int) -> dict[str, Json] | None:
    """{count, pages, page, first, items} of one page; None when there is no such page (any more)."""
    rows = _rows(run_id, path, part)
    kept = rows[: _unbroken(rows)]
    if number >= len(kept):
        return None
    return {
        "count": kept[-1][1] + kept[-1][2],
        "pages": len(kept),
        "page": number,
        "first": kept[number][1],
        "items": _read(run_id, path, part, number)["items"],
    }


def readable(value: Json) -> Json:
    """A stored value as people read it: "1,000,000 items in 412 pages" where a long list is."""
    if isinstance(value, list):
        return [readable(one) for one in value]
    if not isinstance(value, dict):
        return value
    about = value.get(NOTE)
    if len(value) == 1 and isinstance(about, dict) and isinstance(about.get("count"), int):
        return f"{about['count']:,} items in {about.get('pages')} pages"
    return {key: readable(one) for key, one in value.items()}


def list_of(run_id: int, path: str, part: str) -> LongList:
    """One list, as far as it is stored."""
    return _opened(run_id, path, part, _rows(run_id, path, part))


def progress_of(run_id: int, path: str, part: str) -> Progress | None:
    """How far a list is stored; None for nothing."""
    rows = _rows(run_id, path, part)
    pages = _unbroken(rows)
    if not pages:
        return None
    number, first, count = rows[pages - 1]
    stored = _read(run_id, path, part, number)
    return Progress(pages, first + count, stored["state"], stored["size"])


def _opened(run_id: int, path: str, part: str, rows: Sequence[tuple[int, int, int]]) -> LongList:
    kept = rows[: _unbroken(rows)]
    count = kept[-1][1] + kept[-1][2] if kept else 0

    def read(number: int) -> list[Json]:
        items: list[Json] = _read(run_id, path, part, number)["items"]
        return items

    return LongList(path, part, count, [first for _, first, _ in kept], read)


def _rows(run_id: int, path: str, part: str) -> list[tuple[int, int, int]]:
    """(number, first, count) of the stored pages, in order."""
    pages = ListPage.objects.filter(run_id=run_id, path=path, part=part).order_by("number")
    return list(pages.values_list("number", "first", "count"))


def _unbroken(rows: Sequence[tuple[int, int, int]]) -> int:
    """How many of the pages follow each other from the first on, none missing and none left from a longer list before."""
    at = 0
    for pages, (number, first, count) in enumerate(rows):
        if (number, first) != (pages, at):
            return pages
        at += count
    return len(rows)


def _read(run_id: int, path: str, part: str, number: int) -> dict[str, Json]:
    blob = (
        ListPage.objects.filter(run_id=run_id, path=path, part=part, number=number)
        .values_list("blob", flat=True)
        .first()
    )
    if blob is None:
        raise Data(
            "The items of this list are no longer kept. Run it again from the start.", code="list_gone"
        )
    stored: dict[str, Json] = codec.unpack(blob)
    return stored
