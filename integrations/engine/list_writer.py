"""Makes a list that may become long: kept in hand while it is short, in stored pages from then on."""

from collections.abc import Iterator, Sequence

import orjson

from connectors.sdk.wire import Json
from integrations.engine.limits import Limits, over_limit
from integrations.engine.long_list import LongList, PageStore, Progress, StoredPage

__all__ = ["ListWriter"]

_OFTEN = 100
"""Additions after which even nothing is stored: what to go on from is."""


class ListWriter:
    """One list of one step. What an earlier attempt stored is there already: `state` says what to go on from (None = from
    the start), and `count` how many items there are. `added`: something has come since.

    `stores_from`: bytes in hand from which they are stored. A list that was never stored is given whole; of one that was,
    `whole_bytes` and `items` of the limits decide.
    """

    def __init__(
        self, pages: PageStore, path: str, part: str, limits: Limits, *, stores_from: int | None = None
    ) -> None:
        self._pages = pages
        self._place = (path, part)
        self._limits = limits
        self._stores_from = limits.page_bytes if stores_from is None else stores_from
        self.added = False
        self._begin(pages.progress(path, part))

    def _begin(self, earlier: Progress | None) -> None:
        self._hand: list[Json] = []
        self._hand_bytes = 0
        self._unsaved = 0
        self._stored_pages = earlier.pages if earlier else 0
        self._stored = earlier.count if earlier else 0
        self._size = earlier.size if earlier else 0
        self.state: Json = earlier.state if earlier else None

    @property
    def _stores_soon(self) -> bool:
        return self._stores_from <= self._limits.page_bytes

    @property
    def resumes(self) -> bool:
        """Something is stored."""
        return self._stored_pages > 0

    @property
    def count(self) -> int:
        return self._stored + len(self._hand)

    def add(self, items: Sequence[Json], state: Json) -> None:
        """More items; `state` is what to go on from after them. Raises `Data` when the list gets too long."""
        self.added = True
        size = len(orjson.dumps(items))
        self._hand += items
        self._hand_bytes += size
        self._size += size
        self.state = state
        if self.count > self._limits.long_items:
            raise over_limit("items of a long list", limit=self._limits.long_items, found=self.count)
        self._unsaved += 1
        if self._hand_bytes >= self._stores_from or (self._unsaved >= _OFTEN and self._stores_soon):
            self.save()
            self._stores_from = self._limits.page_bytes

    def save(self) -> None:
        """Store what is in hand, and what to go on from, for a later attempt."""
        if not self._unsaved:
            return
        self._unsaved = 0
        pages = [
            StoredPage(self._stored_pages + at, self._stored + first, items, self.state, self._size)
            for at, (first, items) in enumerate(self._cut())
        ]
        self._hand, self._hand_bytes = [], 0
        self._stored_pages += len(pages)
        self._stored += sum(len(page.items) for page in pages)
        self._pages.write(*self._place, pages)

    def start_over(self) -> None:
        """Forget everything: what is stored can't be gone on from."""
        self._pages.clear(*self._place)
        self._begin(None)

    def close(self) -> list[Json] | LongList:
        """The whole list, all items added."""
        if not self.resumes:
            return self._hand
        self.save()
        long = self._pages.opened(*self._place, self._stored_pages)
        if self._size > self._limits.whole_bytes or self.count > self._limits.items:
            return long
        items = list(long)
        self._pages.clear(*self._place)
        return items

    def _cut(self) -> Iterator[tuple[int, list[Json]]]:
        """What is in hand in pieces of about a page's size."""
        pieces = max(-(-self._hand_bytes // (2 * self._limits.page_bytes)), 1)
        most = -(-len(self._hand) // pieces)
        for first in range(0, len(self._hand) or 1, most or 1):
            yield first, self._hand[first : first + most]
