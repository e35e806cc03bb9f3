"""A journal in memory: for tests, for "test this step", and as the plainest statement of the journal's contract."""

from collections.abc import Iterator

from connectors.sdk.wire import Json
from integrations.engine.journal import Entry
from integrations.engine.outcome import Done, Fail, Outcome, Retry, Wait

__all__ = ["MemoryJournal", "entry_after"]


class MemoryJournal:
    """Keeps the latest entry of every path, and every event in the order it came (`log`)."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.log: list[tuple[str, str, Json]] = []

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
            until=before.until if before else None,
        )
        self.log.append((path, "begun", input))

    def record(self, path: str, *, node: str, attempt: int, outcome: Outcome) -> None:
        before = self.entries.get(path)
        entry = entry_after(
            path, node=node, attempt=attempt, outcome=outcome, spent=before.spent if before else 0
        )
        self.entries[path] = entry
        self.log.append((path, entry.state, entry.output))

    def skip(self, path: str, *, node: str) -> None:
        self.entries[path] = Entry(path, node, 0, "skipped")
        self.log.append((path, "skipped", None))

    def states(self) -> Iterator[tuple[str, str]]:
        """(path, state) of every path, in the order they were first met."""
        return ((path, entry.state) for path, entry in self.entries.items())


def entry_after(path: str, *, node: str, attempt: int, outcome: Outcome, spent: int) -> Entry:
    """The entry an outcome leaves. `spent` is what the path had spent before; a failure for a person clears it, so that
    a retry by hand starts with a full budget again."""
    match outcome:
        case Done(output, port):
            return Entry(path, node, attempt, "done", port, output, spent)
        case Retry(counts=counts):
            return Entry(path, node, attempt, "retry", spent=spent + 1 if counts else spent)
        case Wait(until=until):
            return Entry(path, node, attempt, "wait", spent=spent, until=until)
        case Fail():
            return Entry(path, node, attempt, "fail", spent=0)
