"""What a simulator of a far system is: a frozen value in `connectors/<system>/sandbox/simulator.py`, named `SIMULATOR`."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Protocol

import connectors
from connectors.sdk.sandbox.clock import Clock
from connectors.sdk.sandbox.faults import FaultKind, Faults
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.store import Index, Record, Records
from connectors.sdk.sandbox.traffic import Traffic
from connectors.sdk.wire import Json

__all__ = [
    "Background",
    "Column",
    "Kind",
    "Route",
    "Simulator",
    "Summary",
    "Table",
    "World",
    "discover",
    "money",
]


class Background(Protocol):
    """A thread of work beside the requests, such as delivering webhooks."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def wake(self, key: str = "") -> None: ...


@dataclass
class World:
    """All that the handlers of one system work with. `origin` is the scheme, host and port it is served at."""

    records: Records
    clock: Clock
    faults: Faults
    traffic: Traffic
    settings: Mapping[str, Json] = field(default_factory=dict)
    origin: str = ""
    background: Background | None = None

    def wake(self, key: str = "") -> None:
        """Let the background look at a piece of work ("" = all) once the transaction in progress is committed."""
        background = self.background
        if background:
            self.records.store.after_commit(lambda: background.wake(key))


Handler = Callable[[World, Request], Reply]


@dataclass(frozen=True)
class Route:
    """A path of the simulated API. `open` routes need no credentials and are spared by faults not aimed at their path."""

    method: str
    rule: str
    handler: Handler
    open: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the state inspector: `show(world, record)` gives its text. `numeric` aligns it right."""

    title: str
    show: Callable[[World, Record], str]
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Lines inside a record, as texts; the last two columns are numbers. `foot` holds (title, amount)."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    foot: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Summary:
    """A record for people: what it is called, facts as (label, text), and its lines."""

    title: str
    facts: Sequence[tuple[str, str]]
    lines: Table | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of record the inspector shows; `view(world, record)` gives the whole record as JSON."""

    id: str
    title: str
    columns: Sequence[Column]
    view: Callable[[World, Record], Json]
    summary: Callable[[World, Record], Summary] | None = None


@dataclass(frozen=True)
class Simulator:
    """One simulated system.

    `guard(world, request)` raises `RefusedError` unless the credentials are good; `refusal(fault id, millis)` words the HTTP
    faults the system's own way; `lost(reason)` answers an unknown path ("path") or method ("method"). `seed(world,
    company)` fills an empty state and gives it new account ids; `account(world)` = {"id", "name"}. `control` are extra
    routes of the control API (under /api); `board(world)` is the page's board or None.
    """

    id: str
    title: str
    monogram: str
    api_path: str
    flag: str
    routes: Sequence[Route]
    faults: Sequence[FaultKind]
    kinds: Sequence[Kind]
    guard: Callable[[World, Request], None]
    refusal: Callable[[str, int], Reply]
    lost: Callable[[str], Reply]
    seed: Callable[[World, str], None]
    account: Callable[[World], Mapping[str, str]]
    access: Callable[[World], Mapping[str, Json]]
    indexes: Mapping[str, Mapping[str, Index]] = field(default_factory=dict)
    control: Sequence[Route] = ()
    board: Callable[[World], Json] | None = None
    background: Callable[[World], Background] | None = None
    text_decimals: str = ""


def money(amount: Json, currency: Json) -> str:
    """An amount for people: two places, thousands set apart, the currency after it; "" for none."""
    try:
        return f"{Decimal(str(amount)):,.2f} {currency or ''}".rstrip()
    except InvalidOperation:
        return str(amount or "")


def discover() -> list[Simulator]:
    """The simulators of all connectors that have one, by id."""
    found = []
    for package in pkgutil.iter_modules(connectors.__path__):
        if package.name != "sdk" and _has_sandbox(package.name):
            found.append(importlib.import_module(f"connectors.{package.name}.sandbox.simulator").SIMULATOR)
    return sorted(found, key=lambda simulator: str(simulator.title), reverse=True)


def _has_sandbox(package: str) -> bool:
    try:
        return importlib.util.find_spec(f"connectors.{package}.sandbox.simulator") is not None
    except ModuleNotFoundError:
        return False
