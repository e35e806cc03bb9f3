"""The engine's page store on our table: pages ride along with the run's journal, in its order and under its fence."""

from collections.abc import Callable, Sequence

from integrations.engine.long_list import LongList, Progress, StoredPage
from integrations.lists.models import ListPage
from integrations.lists.reading import list_of, progress_of
from integrations.payloads import codec
from integrations.runs.journal import RunJournal
from integrations.runs.rows import Table

__all__ = ["RunPages"]

_KEY = ("run_id", "path", "part", "number")
_CHANGES = ("first", "count", "blob")
_PAGES = Table(ListPage, (*_KEY, *_CHANGES), unique=_KEY, update=_CHANGES)


class RunPages:
    """The long lists of one claimed run. `checked` is called after every write; it raises when the run is to go on
    elsewhere, for a long list may take longer than the process lives."""

    def __init__(self, journal: RunJournal, checked: Callable[[], None]) -> None:
        self._journal = journal
        self._checked = checked

    def progress(self, path: str, part: str) -> Progress | None:
        return progress_of(self._journal.run_id, path, part)

    def write(self, path: str, part: str, pages: Sequence[StoredPage]) -> None:
        rows = [self._row(path, part, page) for page in pages]
        self._journal.ride_along(lambda: _PAGES.insert(rows))
        self._journal.flush()
        self._checked()

    def clear(self, path: str, part: str) -> None:
        run_id = self._journal.run_id
        self._journal.ride_along(
            lambda: ListPage.objects.filter(run_id=run_id, path=path, part=part).delete()
        )

    def opened(self, path: str, part: str, pages: int) -> LongList:
        self._journal.commit(lambda: None)
        return list_of(self._journal.run_id, path, part).cut(pages)

    def _row(self, path: str, part: str, page: StoredPage) -> tuple[object, ...]:
        held = {"items": page.items, "state": page.state, "size": page.size}
        blob = codec.pack(held, klass="step")
        return (self._journal.run_id, path, part, page.number, page.first, len(page.items), blob)
