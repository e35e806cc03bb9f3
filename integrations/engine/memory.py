"""A journal in memory, and pages: for tests, for "test this step", and as the plainest statement of their contracts."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.sdk.wire import Json
from integrations.engine.journal import Entry
from integrations.engine.long_list import LongList, Progress, StoredPage
from integrations.engine.outcome import Done, Fail, Outcome, Retry, Wait

__all__ = ["MemoryJournal", "MemoryPages", "entry_after"]


class MemoryJournal:
    """Keeps the latest entry of every path, and every event in the order it came (`log`).

    Without a `clock` it can't say when a retry is due, so whatever is to be retried counts as due. Threads may share it:
    each path belongs to one of them, and single writes to a dict or a list are whole.
    """

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.entries: dict[str, Entry] = {}
        self.log: list[tuple[str, str, Json]] = []
        self._clock = clock

    def last(self, path: str) -> Entry | None:
        return self.entries.get(path)

    def begin(self, path: str, *, node: str, attempt: int, input: Json) -> None:
        before = self.entries.get(path)
        self.entries[path] = Entry(
            path,
            node,
            attempt,
            "begun",
            spent=before.spent if before else 0,
            until=before.until if before and before.state in ("wait", "begun") else None,
        )
        self.log.append((path, "begun", input))

    def record(self, path: str, *, node: str, attempt: int, outcome: Outcome) -> None:
        before = self.entries.get(path)
        entry = entry_after(
            path, node=node, attempt=attempt, outcome=outcome, spent=before.spent if before else 0
        )
        if isinstance(outcome, Retry) and self._clock is not None:
            entry = replace(entry, until=self._clock() + timedelta(seconds=outcome.after))
        self.entries[path] = entry
        self.log.append((path, entry.state, entry.output))

    def skip(self, path: str, *, node: str) -> None:
        self.entries[path] = Entry(path, node, 0, "skipped")
        self.log.append((path, "skipped", None))

    def ask_again(self, when: datetime) -> None:
        """A person asks for another attempt at whatever failed or waits."""
        for path, entry in self.entries.items():
            if entry.state in ("fail", "retry"):
                self.entries[path] = replace(entry, until=when)

    def states(self) -> Iterator[tuple[str, str]]:
        """(path, state) of every path, in the order they were first met."""
        return ((path, entry.state) for path, entry in self.entries.items())


def entry_after(path: str, *, node: str, attempt: int, outcome: Outcome, spent: int) -> Entry:
    """The entry an outcome leaves. `spent` is what the path had spent before; a failure for a person clears it, so that
    a retry by hand starts with a full budget again."""
    match outcome:
        case Done(output, port):
            return Entry(path, node, attempt, "done", port, output, spent)
        case Retry(failure=failure, counts=counts):
            return Entry(path, node, attempt, "retry", spent=spent + 1 if counts else spent, failure=failure)
        case Wait(until=until):
            return Entry(path, node, attempt, "wait", spent=spent, until=until)
        case Fail(failure=failure):
            return Entry(path, node, attempt, "fail", spent=0, failure=failure)


class MemoryPages:
    """Pages in memory: for tests and previews."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str], dict[int, StoredPage]] = {}
        self.writes = 0

    def progress(self, path: str, part: str) -> Progress | None:
        stored = self._row(path, part)
        if not stored:
            return None
        last = stored[-1]
        return Progress(len(stored), last.first + len(last.items), last.state, last.size)

    def write(self, path: str, part: str, pages: Sequence[StoredPage]) -> None:
        self.writes += 1
        kept = {
            page.number: replace(page, items=list(page.items), state=deepcopy(page.state)) for page in pages
        }
        self._stored.setdefault((path, part), {}).update(kept)

    def clear(self, path: str, part: str) -> None:
        self._stored.pop((path, part), None)

    def opened(self, path: str, part: str, pages: int) -> LongList:
        stored = self._row(path, part)[:pages]
        count = stored[-1].first + len(stored[-1].items) if stored else 0
        starts = [page.first for page in stored]
        return LongList(path, part, count, starts, lambda number: list(stored[number].items))

    def _row(self, path: str, part: str) -> list[StoredPage]:
        """The pages in order, as far as none is missing."""
        stored = self._stored.get((path, part), {})
        return [stored[number] for number in range(len(stored)) if number in stored]
