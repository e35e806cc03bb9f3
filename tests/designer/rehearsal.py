"""Runs a bundle's own test cases: the engine for real, far systems by scripted replies, tables from the bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.sdk.errors import TableMiss
from connectors.sdk.operation import Portion
from connectors.sdk.validation import validator_for
from designer.bundles.bundle import Bundle
from integrations.catalog import CATALOG
from integrations.engine.asking import Answered, Question, Sighting
from integrations.engine.compiler import compile_flow
from integrations.engine.executor import Given, advance
from integrations.engine.long_list import PageStore
from integrations.engine.memory import MemoryJournal
from integrations.engine.node import EffectSpec
from integrations.engine.outcome import Turn
from integrations.mapping.keys import lookup_key

__all__ = ["Rehearsal", "rehearse"]


@dataclass
class Rehearsal:
    """What a case made happen: the turn, and per node what was asked of the far system and as which effect."""

    bundle: Bundle
    case: Mapping[str, Any]
    turn: Turn | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    effects: dict[str, EffectSpec] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.case.get("now", "2026-01-01T00:00:00Z")).astimezone(UTC)

    def lookup(self, table: str, key: Sequence[Any], column: str) -> Any:
        schema, rows = self.bundle.tables[table].schema, self.bundle.tables[table].rows
        names = [one["key"] for one in schema["columns"] if one["is_key"]]
        wanted = lookup_key(schema["columns"], key)
        for row in rows:
            if lookup_key(schema["columns"], [row["values"][name] for name in names]) == wanted:
                return row["values"][column]
        info = {"table": table, "key": list(key), "column": column}
        raise TableMiss(f"{table} has no row for {key}.", info=info)

    def call(
        self, *, path: str, attempt: int, slot: str, operation: str, data: Any, effect: EffectSpec | None
    ) -> Any:
        del attempt, slot
        known = CATALOG.operation(operation)
        assert known is not None
        validator_for(known.input).check(data)
        if effect is not None:
            self.asked[path] = data
            self.effects[path] = effect
        return self.case["replies"][path]

    def page(self, *, path: str, attempt: int, slot: str, operation: str, data: Any, at: Any) -> Portion:
        raise NotImplementedError(f"a bundle's case answers whole lists ({path})")

    @property
    def pages(self) -> PageStore:
        raise NotImplementedError("a bundle's case keeps no long lists")

    def clock(self) -> datetime:
        return self.now

    @property
    def zone(self) -> str:
        return "UTC"

    def sight(self, *, path: str, memory: str, key: str, window: timedelta) -> Sighting:
        raise NotImplementedError(f"a bundle's case doesn't remember keys ({path})")

    def ask(self, *, path: str, question: Question) -> Answered:
        raise NotImplementedError(f"nobody is asked in a bundle's case ({path})")


def rehearse(bundle: Bundle, case: Mapping[str, Any]) -> Rehearsal:
    """Carry one case as far as it goes."""
    found = Rehearsal(bundle, case)
    compiled = compile_flow(bundle.flows[case["flow"]], CATALOG)
    assert compiled.plan is not None, compiled.problems
    given = Given(event=case["event"], catalog=CATALOG, variables=case.get("variables", {}))
    found.turn = advance(compiled.plan, MemoryJournal(), found, given)
    return found
