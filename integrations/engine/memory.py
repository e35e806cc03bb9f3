"""A journal in memory: for tests, for "test this step", and as the plainest statement of the journal's contract."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.sdk.wire import Json
from integrations.engine.journal import Entry
from integrations.engine.outcome import Done, Fail, Outcome, Retry, Wait

__all__ = ["MemoryJournal", "entry_after"]


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
