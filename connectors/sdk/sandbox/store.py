"""The sandbox's state: JSON records in memory and in one SQLite file, committed before anything is answered.

Reads come from memory. Writes happen inside `writing()`, which one thread holds at a time: they are seen by that thread
at once, by the others after the commit, and by nobody when the block raises.
"""

import contextlib
import itertools
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import orjson

from connectors.sdk.wire import Json

__all__ = ["Index", "Record", "Records", "StateInUseError", "Store"]

Record = dict[str, Json]
"""A record's JSON. Never change one that came out of a store: put a new one."""

Index = Callable[[Record], list[str]]
"""The values by which a record can be found."""

_Bucket = tuple[str, str]
_SCHEMA = """CREATE TABLE IF NOT EXISTS record (
  id INTEGER PRIMARY KEY, system TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
  UNIQUE (system, kind, key))"""
_PUT = """INSERT INTO record (system, kind, key, body) VALUES (?, ?, ?, ?)
  ON CONFLICT (system, kind, key) DO UPDATE SET body = excluded.body"""
_DELETE = "DELETE FROM record WHERE system = ? AND kind = ? AND key = ?"


class StateInUseError(Exception):
    """Another process has the state file open."""


class Store:
    """All records of one sandbox, kept in the file at `path`."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._owner = 0
        self._depth = 0
        self._data: dict[_Bucket, dict[str, Record]] = {}
        self._pending: dict[_Bucket, dict[str, Record | None]] = {}
        self._indexes: dict[_Bucket, dict[str, Index]] = {}
        self._found: dict[tuple[str, str, str], dict[str, dict[str, None]]] = {}
        self._after: list[Callable[[], None]] = []
        self._file = self._open(Path(path))
        self._load()

    def system(self, system: str, indexes: Mapping[str, Mapping[str, Index]] | None = None) -> "Records":
        """The records of one system; `indexes` = {kind: {index name: values of a record}}."""
        for kind, by_name in (indexes or {}).items():
            self._indexes[system, kind] = dict(by_name)
            for key, record in self._data.get((system, kind), {}).items():
                self._index((system, kind), key, None, record)
        return Records(self, system)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction; nested blocks join the outer one."""
        with self._lock:
            self._owner = threading.get_ident()
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._commit()
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._owner = 0
                    self._pending = {}
                    after, self._after = self._after, []
        if not self._held():
            for act in after:
                act()

    def after_commit(self, act: Callable[[], None]) -> None:
        """Run `act` once the transaction in progress is committed."""
        self._after.append(act)

    def overlay(self, bucket: _Bucket) -> Mapping[str, Record | None]:
        """What the calling thread's own transaction has changed in a bucket."""
        return self._pending.get(bucket, {}) if self._held() else {}

    def bucket(self, bucket: _Bucket) -> Mapping[str, Record]:
        return self._data.get(bucket, {})

    def found(self, bucket: _Bucket, index: str, value: str) -> list[str]:
        return list(self._found.get((*bucket, index), {}).get(value, ()))

    def values(self, bucket: _Bucket, index: str, record: Record) -> list[str]:
        return self._indexes[bucket][index](record)

    def change(self, bucket: _Bucket, key: str, record: Record | None) -> None:
        """Put a record, or with None delete it, in the transaction in progress."""
        if not self._held():
            raise RuntimeError("A record may only change inside writing()")
        self._pending.setdefault(bucket, {})[key] = record

    def _held(self) -> bool:
        return self._owner == threading.get_ident()

    def _open(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
        try:
            file.execute("PRAGMA locking_mode=EXCLUSIVE")
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("PRAGMA synchronous=NORMAL")
            file.execute(_SCHEMA)
        except sqlite3.OperationalError as error:
            file.close()
            raise StateInUseError(f"The state file {path} is in use by another sandbox.") from error
        return file

    def _load(self) -> None:
        for system, kind, key, body in self._file.execute(
            "SELECT system, kind, key, body FROM record ORDER BY id"
        ):
            self._data.setdefault((system, kind), {})[key] = orjson.loads(body)

    def _commit(self) -> None:
        if not self._pending:
            return
        self._file.execute("BEGIN IMMEDIATE")
        try:
            for (system, kind), records in self._pending.items():
                for key, record in records.items():
                    self._write(system, kind, key, record)
            self._file.execute("COMMIT")
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        for bucket, records in self._pending.items():
            self._apply(bucket, records)

    def _write(self, system: str, kind: str, key: str, record: Record | None) -> None:
        if record is None:
            self._file.execute(_DELETE, (system, kind, key))
        else:
            self._file.execute(_PUT, (system, kind, key, orjson.dumps(record)))

    def _apply(self, bucket: _Bucket, records: Mapping[str, Record | None]) -> None:
        data = self._data.setdefault(bucket, {})
        for key, record in records.items():
            before = data.get(key)
            if record is None:
                data.pop(key, None)
            else:
                data[key] = record
            self._index(bucket, key, before, record)

    def _index(self, bucket: _Bucket, key: str, before: Record | None, after: Record | None) -> None:
        for name, values in self._indexes.get(bucket, {}).items():
            table = self._found.setdefault((*bucket, name), {})
            for value in values(before) if before else ():
                table.get(value, {}).pop(key, None)
            for value in values(after) if after else ():
                table.setdefault(value, {})[key] = None


class Records:
    """One system's records, by kind and key, in the order in which they were first put."""

    def __init__(self, store: Store, system: str) -> None:
        self.store = store
        self.system = system

    def get(self, kind: str, key: str) -> Record | None:
        own = self.store.overlay((self.system, kind))
        return own[key] if key in own else self.store.bucket((self.system, kind)).get(key)

    def all(self, kind: str) -> list[Record]:
        bucket = (self.system, kind)
        own = self.store.overlay(bucket)
        kept = self.store.bucket(bucket)
        if not own:
            return list(kept.values())
        merged = {**kept, **own}
        return [record for record in merged.values() if record is not None]

    def count(self, kind: str) -> int:
        return len(self.store.bucket((self.system, kind)))

    def find(self, kind: str, index: str, value: str) -> list[Record]:
        """The records with `value` under one of the system's indexes, oldest first."""
        bucket = (self.system, kind)
        own = self.store.overlay(bucket)
        kept = self.store.bucket(bucket)
        hits = [kept[key] for key in self.store.found(bucket, index, value) if key not in own and key in kept]
        return hits + [
            r for r in own.values() if r is not None and value in self.store.values(bucket, index, r)
        ]

    def put(self, kind: str, key: str, record: Record) -> Record:
        self.store.change((self.system, kind), key, record)
        return record

    def delete(self, kind: str, key: str) -> None:
        self.store.change((self.system, kind), key, None)

    def clear(self, kind: str) -> None:
        for key in list(self.store.bucket((self.system, kind))):
            self.delete(kind, key)

    def next_number(self, name: str, start: int = 1) -> int:
        """The next number of a sequence, first `start`; given back when the transaction is rolled back."""
        last = self.get("sequence", name)
        number = int(last["last"]) + 1 if last else start
        self.put("sequence", name, {"last": number})
        return number

    def numbers(self, name: str, start: int = 1) -> Iterator[int]:
        """`next_number` without end."""
        return (self.next_number(name, start) for _ in itertools.count())
