"""The register of simulated M3 transactions: each names its program, its mandatory fields and whether it lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connectors.infor.sandbox.refusals import NokError
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record

__all__ = ["TRANSACTIONS", "Fields", "Transaction", "known", "positioned", "since", "transaction"]

Fields = Mapping[str, str]
Handler = Callable[[World, Fields], Sequence[Record]]


@dataclass(frozen=True)
class Transaction:
    """One transaction; `run(world, record)` returns its records or raises `NokError`."""

    run: Handler
    mandatory: tuple[str, ...] = ()


TRANSACTIONS: dict[tuple[str, str], Transaction] = {}


def transaction(program: str, name: str, *mandatory: str) -> Callable[[Handler], Handler]:
    """Register a handler as `program`/`name`."""

    def register(handler: Handler) -> Handler:
        TRANSACTIONS[program, name] = Transaction(handler, mandatory)
        return handler

    return register


def known(world: World, kind: str, key: str, field: str, what: str) -> Record:
    """The record, or M3's “does not exist”: ids that end in 03 (the ids themselves are invented)."""
    found = world.records.get(kind, key.strip())
    if found is None:
        raise NokError(f"{what} {key} does not exist", f"W{field}03"[:7], field)
    return found


def positioned(records: Sequence[Record], field: str, start: str) -> list[Record]:
    """A list of M3 begins at a value and goes on from there, in order."""
    ordered = sorted(records, key=lambda one: str(one[field]))
    return [one for one in ordered if str(one[field]) >= start]


def since(records: Sequence[Record], stamp: str) -> list[Record]:
    """Those changed at or after an LMTS, milliseconds; "" = all."""
    return [one for one in records if int(one["LMTS"]) >= int(stamp.strip() or "0")]
