"""The agent's own memory, in one SQLite file: which writes were sent and what came of them, and what is to be told.

A write is entered as `sent` and committed before Sage is called. After a crash a `sent` entry means that nobody knows,
so the record is looked up by its marker before anything is posted again. Answers wait in the outbox until the server
has them.
"""

import base64
import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

State = Literal["sent", "done"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS write (
    idempotency_key TEXT PRIMARY KEY, state TEXT NOT NULL, digest TEXT NOT NULL,
    reference TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Entry:
    """One write. `reference` and `result` are set once it is done."""

    key: str
    state: State
    digest: str
    reference: str
    result: dict[str, Any]


@dataclass(frozen=True)
class Letter:
    """One answer to be told: `kind` is "chunk", "complete" or "fail"."""

    number: int
    job_id: str
    kind: str
    body: dict[str, Any]


class AlreadyRunning(Exception):  # noqa: N818 - a state, told in a sentence
    """Another agent uses this state folder."""


class Journal:
    """Shared by the agent's threads; every change is on disk when its method returns."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)
        path.chmod(0o600)

    def close(self) -> None:
        self._connection.close()

    def entry(self, key: str) -> Entry | None:
        found = self._one("SELECT state, digest, reference, result FROM write WHERE idempotency_key = ?", key)
        return found and Entry(key, found[0], found[1], found[2], json.loads(found[3]))

    def sent(self, key: str, digest: str) -> None:
        """Say that Sage is about to be asked."""
        self._do(
            "INSERT INTO write (idempotency_key, state, digest) VALUES (?, 'sent', ?) ON CONFLICT DO NOTHING",
            key,
            digest,
        )

    def done(self, key: str, reference: str, result: Mapping[str, Any]) -> None:
        statement = "UPDATE write SET state = 'done', reference = ?, result = ? WHERE idempotency_key = ?"
        self._do(statement, reference, json.dumps(result), key)

    def refused(self, key: str) -> None:
        """Sage certainly did nothing: the key is free again."""
        self._do("DELETE FROM write WHERE idempotency_key = ? AND state = 'sent'", key)

    def unsettled(self) -> list[str]:
        """Keys of writes of which nobody knows whether they happened."""
        return [row[0] for row in self._all("SELECT idempotency_key FROM write WHERE state = 'sent'")]

    def post(self, job_id: str, kind: str, body: Mapping[str, Any]) -> None:
        """Put an answer into the outbox."""
        self._do("INSERT INTO outbox (job_id, kind, body) VALUES (?, ?, ?)", job_id, kind, json.dumps(body))

    def next_letter(self) -> Letter | None:
        found = self._one("SELECT number, job_id, kind, body FROM outbox ORDER BY number LIMIT 1")
        return found and Letter(found[0], found[1], found[2], json.loads(found[3]))

    def delivered(self, letter: Letter) -> None:
        self._do("DELETE FROM outbox WHERE number = ?", letter.number)

    def forget_job(self, job_id: str) -> None:
        """The server no longer wants this job's answers."""
        self._do("DELETE FROM outbox WHERE job_id = ?", job_id)

    def waiting(self, job_id: str) -> bool:
        """Whether an answer of this job has yet to be told."""
        return self._one("SELECT 1 FROM outbox WHERE job_id = ?", job_id) is not None

    def letters(self) -> int:
        """Answers that have yet to be told."""
        return int(self._one("SELECT COUNT(*) FROM outbox")[0])

    def _do(self, statement: str, *values: Any) -> None:
        with self._lock:
            self._connection.execute(statement, values)

    def _one(self, statement: str, *values: Any) -> Any:
        with self._lock:
            return self._connection.execute(statement, values).fetchone()

    def _all(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()


@contextmanager
def only_agent(folder: Path) -> Iterator[None]:
    """Hold the state folder for this process alone; a dead process lets go. Raises `AlreadyRunning`."""
    connection = sqlite3.connect(folder / "running.lock", timeout=0, isolation_level=None)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise AlreadyRunning(f"Another agent is running with {folder}. Stop it first.") from error
        yield
    finally:
        connection.close()


def marker_of(key: str) -> str:
    """The 16 characters by which a record in Sage is found again: "IL" and a hash of the idempotency key."""
    return "IL" + base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:14]


def digest_of(op: str, params: Mapping[str, Any]) -> str:
    """Tells whether a key comes back with the same request."""
    return hashlib.sha256(json.dumps([op, params], sort_keys=True).encode()).hexdigest()
