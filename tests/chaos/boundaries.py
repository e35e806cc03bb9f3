"""Every point at which a process that carries a run may die, found by wrapping what is public: journal, writer, leases, claims,
the effect ledger, HTTP sends and database commits. At the chosen one the process dies.

Dying = `strike`. In process it raises `Died` in the thread that passes, and from then on in every other thread of that
process at its next boundary; nothing it holds in memory survives, and nothing it has not committed either.
"""

import inspect
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NoReturn

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from connectors.sdk.http import Http
from integrations.effects import ledger
from integrations.runs import claim, journal, lease, writer
from integrations.runs.receipt import Receipt

__all__ = ["Boundaries", "Died", "Target"]

CLASSES = (journal.RunJournal, writer.Writer, lease.Leases, Http)
MODULES = (ledger, claim)
WRITER = "writer"
RUNNER = "runner"


class Died(BaseException):
    """The process is gone. Not an Exception, so nobody can catch it by mistake."""


@dataclass(frozen=True, slots=True)
class Target:
    """The `number`-th boundary (from 1) that the thread in this role passes."""

    role: str
    number: int

    def __str__(self) -> str:
        return f"{self.role} {self.number}"


def die() -> NoReturn:
    raise Died


def hang_up(connection: BaseDatabaseWrapper) -> None:
    """What the system does to a dead process: its line to the database is cut, and what it hadn't committed is rolled back."""
    connection.close()


@dataclass
class Boundaries:
    """Counts what is passed while it is armed, and strikes at the target."""

    strike: Callable[[], None] = die
    target: Target | None = None
    armed: bool = False
    dead: bool = False
    struck_at: str = ""
    passed: Counter[str] = field(default_factory=Counter)
    labels: list[str] = field(default_factory=list)
    _receipts: list[Receipt[Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _main: int = field(default_factory=threading.get_ident)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Wrap everything; `patch` takes it back."""
        for cls in CLASSES:
            for name, method in _public(cls):
                patch.setattr(cls, name, self._around(f"{cls.__name__}.{name}", method))
        for module in MODULES:
            for name, function in _public(module):
                patch.setattr(
                    module, name, self._around(f"{module.__name__.rpartition('.')[2]}.{name}", function)
                )
        patch.setattr(
            BaseDatabaseWrapper, "commit", self._around("commit", BaseDatabaseWrapper.commit, hang_up)
        )

    @contextmanager
    def living(self, target: Target | None = None) -> Iterator[None]:
        """One process's life, until its death at `target` if it comes to it."""
        self.target, self.dead, self.struck_at = target, False, ""
        self.passed.clear()
        self.labels.clear()
        self._receipts.clear()
        self.armed = True
        try:
            yield
        except Died:
            assert self.dead
        finally:
            self.armed = False

    def bury(self, dead: writer.Writer) -> None:
        """Let a dead process's writer thread end without doing anything more."""
        self.armed = self.dead
        try:
            dead.close()
        finally:
            self.armed = False

    def renew(self) -> None:
        """This process is a fork: its main thread is another, and its locks are its own."""
        self._lock = threading.Lock()
        self._main = threading.get_ident()

    def _around(
        self, label: str, act: Callable[..., Any], dying: Callable[..., None] = lambda *_: None
    ) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            try:
                self._pass(f"before {label}")
            except Died:
                dying(*arguments)
                raise
            answer = act(*arguments, **options)
            if isinstance(answer, Receipt):
                self._receipts.append(answer)
            self._pass(f"after {label}")
            return answer

        return wrapped

    def _pass(self, label: str) -> None:
        if not self.armed:
            return
        role = RUNNER if threading.get_ident() == self._main else WRITER
        with self._lock:
            if self.dead:
                if role == RUNNER and label.endswith("Writer.close"):
                    return
                raise Died
            self.passed[role] += 1
            self.labels.append(f"{role}: {label}")
            if self.target is None or self.target != Target(role, self.passed[role]):
                return
            self.dead, self.struck_at = True, f"{self.target} ({label})"
        for receipt in self._receipts:  # whoever waits for this process's writer dies with it
            if not receipt.done():
                receipt.set_exception(Died())
        self.strike()


def _public(owner: type | ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    """The functions of a class or module that are its own and public."""
    names = owner.__all__ if isinstance(owner, ModuleType) else list(vars(owner))
    found = [(name, inspect.getattr_static(owner, name)) for name in names if not name.startswith("_")]
    return [(name, thing) for name, thing in found if inspect.isfunction(thing)]
