"""What a drawing says without being compiled whole: its slots, its tables, and what it makes once per what."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.sdk.wire import Json
from integrations.catalog import CATALOG
from integrations.engine.compiler import compile_flow

__all__ = ["identity_hint", "slots_of", "tables_of"]


def slots_of(graph: Mapping[str, Json]) -> list[dict[str, str]]:
    """[{"key", "connector"}] of every slot a node names, by key."""
    slots: dict[str, str] = {}
    for node in _nodes(graph):
        config = node.get("config") or {}
        used = str(config.get("operation") or config.get("trigger") or "")
        if node.get("slot"):
            slots.setdefault(str(node["slot"]), used.partition(".")[0])
    return [{"key": key, "connector": connector} for key, connector in sorted(slots.items())]


def tables_of(graph: Mapping[str, Json]) -> list[str]:
    """The mapping tables its expressions read; [] as long as it doesn't compile."""
    plan = compile_flow(graph, CATALOG).plan
    return list(plan.needs.get("tables", [])) if plan else []


def identity_hint(graph: Mapping[str, Json]) -> str:
    """The key of the first thing it creates, as drawn ("$steps.deal.key"); else the trigger's; "" for neither."""
    hint = ""
    for node in _nodes(graph):
        config = node.get("config") or {}
        once_per = config.get("once_per")
        if once_per:
            return _text(once_per[0] if isinstance(once_per, list) else once_per)
        hint = hint or _text(config.get("business_key", ""))
    return hint


def _nodes(level: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for node in (level.get("nodes") or {}).values():
        yield node
        if node.get("body"):
            yield from _nodes(node["body"])


def _text(value: Json) -> str:
    return str(value.get("$expr", "")) if isinstance(value, Mapping) else str(value)
