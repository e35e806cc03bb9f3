"""Lists too long to be held whole: kept in pages, read one page at a time, and named in the journal by a short note.

Where a step gives such a list, expressions see one `LongList`. They may hand it on and count it; whatever else is done
with its items is done by the nodes that go through lists page by page.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json

__all__ = ["NOTE", "LongList", "PageStore", "Progress", "StoredPage", "noted", "refused", "revived"]

NOTE = "$list"
"""The one key of the object that stands for a long list wherever an output is stored or shown."""


@dataclass(frozen=True, slots=True)
class StoredPage:
    """Some items of a list. `number` counts pages from 0, `first` is the place of the first item in the list.

    `state` is what whoever makes the list goes on from after this page, `size` the bytes of JSON up to its end. The pages
    of one write share both.
    """

    number: int
    first: int
    items: Sequence[Json]
    state: Json
    size: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list is stored: pages and items in an unbroken row from the beginning, and the last page's state and size."""

    pages: int
    count: int
    state: Json
    size: int


class PageStore(Protocol):
    """Where pages are kept, for one run. A list is known by the path of its step, and its place in that step's output."""

    def progress(self, path: str, part: str) -> Progress | None:
        """What an earlier attempt stored; None for nothing."""

    def write(self, path: str, part: str, pages: Sequence[StoredPage]) -> None:
        """Store pages, all or none; a page of the same number is overwritten. It may be under way when this returns, but
        pages are stored in order. What takes the run away from this process is raised here, so that it goes on elsewhere."""

    def clear(self, path: str, part: str) -> None:
        """Forget the list."""

    def opened(self, path: str, part: str, pages: int) -> "LongList":
        """The list of so many pages; everything written before is stored by now."""


class LongList:
    """A list in pages. `starts` are the places of their first items; `read` gives a page's items by its number."""

    __slots__ = ("_latest", "_read", "_starts", "count", "part", "path")

    def __init__(
        self, path: str, part: str, count: int, starts: Sequence[int], read: Callable[[int], list[Json]]
    ) -> None:
        self.path = path
        self.part = part
        self.count = count
        self._starts = starts
        self._read = read
        self._latest: tuple[int, list[Json]] = (-1, [])

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Json:
        """One item. The page it lies in is kept for the next one."""
        if not 0 <= index < self.count:
            raise IndexError(index)
        number = bisect_right(self._starts, index) - 1
        if self._latest[0] != number:
            self._latest = (number, self._read(number))
        return self._latest[1][index - self._starts[number]]

    def __iter__(self) -> Iterator[Json]:
        for _, items in self.pages():
            yield from items

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LongList) and self.note() == other.note()

    __hash__ = None  # type: ignore[assignment]  # like any list's

    def __repr__(self) -> str:
        return f"a long list of {self.count:,} items"

    def cut(self, pages: int) -> "LongList":
        """The list of the first so many pages."""
        if pages >= len(self._starts):
            return self
        return LongList(self.path, self.part, self._starts[pages], self._starts[:pages], self._read)

    def pages(self, start: int = 0) -> Iterator[tuple[int, list[Json]]]:
        """(place of its first item, items) of every page, beginning with the item at `start`."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        for number in range(first, len(self._starts)):
            begins = self._starts[number]
            items = self._read(number)
            yield max(begins, start), items[start - begins :] if begins < start else items

    def note(self) -> dict[str, Json]:
        """What stands for it in JSON."""
        about = {"path": self.path, "part": self.part, "count": self.count, "pages": len(self._starts)}
        return {NOTE: about}


def noted(value: Any) -> Json:
    """What stands for a long list in JSON: a serializer's `default`. Raises TypeError for anything else."""
    if isinstance(value, LongList):
        return value.note()
    raise TypeError(f"A {type(value).__name__} isn't JSON.")


def revived(value: Json, lists: Mapping[tuple[str, str], LongList]) -> Json:
    """A stored output with its notes replaced by the lists they stand for. Only notes of these lists are: whatever else
    looks like one came from outside and is data."""
    if isinstance(value, list):
        return [revived(one, lists) for one in value]
    if not isinstance(value, dict):
        return value
    about = value.get(NOTE)
    if len(value) == 1 and isinstance(about, dict):
        known = lists.get((about.get("path", ""), about.get("part", "")))
        cut = known.cut(about["pages"]) if known is not None and isinstance(about.get("pages"), int) else None
        if cut is not None and cut.note() == value:
            return cut
    return {key: revived(one, lists) for key, one in value.items()}


def refused(source: str) -> Data:
    """The failure of using a long list where only a value that is held whole can stand."""
    return Data(
        "This is a long list, kept in pages: its items can't be used here. Map, batch or aggregate it first; an expression"
        " can only count it, as in $count($steps.items).",
        code="long_list",
        info={"expression": source},
    )
