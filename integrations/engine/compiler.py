"""A flow document becomes a frozen plan, or every problem at once (DESIGN §3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson

from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.graph import Graph, digest, parse
from integrations.engine.levels import Flow, compile_level
from integrations.engine.limits import LIMITS, Limits
from integrations.engine.measure import nesting
from integrations.engine.node import Catalog, CompileScope
from integrations.engine.plan import Plan
from integrations.engine.problem import Problem
from integrations.engine.schema_check import violations

_NESTING = 100
"""How deep objects and lists of a flow document may lie in each other."""

__all__ = ["Compilation", "compile_flow", "graph_schema"]


@dataclass(frozen=True, slots=True)
class Compilation:
    """The plan, or None when there are errors; and every problem, warnings included, in a fixed order."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def compile_flow(document: Mapping[str, Json], catalog: Catalog, limits: Limits = LIMITS) -> Compilation:
    """Check a flow document whole and compile it. Never raises for what a document can hold.

    A document that breaks its schema is not looked into further: what it means can't be told.
    """
    if nesting(document) > _NESTING:
        message = f"A flow may be nested {_NESTING} deep."
        return Compilation(None, (Problem("too_deep", message, params={"limit": _NESTING}),))
    broken = [
        Problem("schema_invalid", v.message, "", v.pointer) for v in violations(graph_schema(), document)
    ]
    if broken:
        return Compilation(None, tuple(broken))
    graph = parse(document)
    settings = document.get("settings", {})
    everything = list(graph.everything())
    flow = Flow(
        catalog,
        limits,
        known=frozenset(node.id for node in everything),
        disabled=frozenset(node.id for node in everything if node.disabled),
        business_key=_business_key(graph, catalog),
        time_zone=settings.get("time_zone", ""),
    )
    _check_size(graph, flow)
    _check_settings(flow, settings)
    level = compile_level(flow, graph)
    found = Compilation(None, tuple(flow.problems))
    if found.errors:
        return found
    needs = {"slots": flow.slots, "tables": sorted(flow.tables), "variables": sorted(flow.variables)}
    return Compilation(
        Plan(document["key"], digest(document), level.steps, level.edges, needs, settings), found.problems
    )


@lru_cache(maxsize=1)
def graph_schema() -> Schema:
    """The JSON Schema of flow documents."""
    schema: Schema = orjson.loads(Path(__file__).with_name("graph.schema.json").read_bytes())
    return schema


def _check_size(graph: Graph, flow: Flow) -> None:
    """Ids are unique in the whole document, and there are not too many."""
    seen: dict[str, int] = {}
    for node in graph.everything():
        seen[node.id] = seen.get(node.id, 0) + 1
    for node_id, times in seen.items():
        if times > 1:
            flow.add(
                "node_id_twice", f"The id {node_id} is used {times} times; ids are unique in a flow.", node_id
            )
    if sum(seen.values()) > flow.limits.nodes:
        flow.add("too_many_nodes", f"A flow may have {flow.limits.nodes} nodes.", limit=flow.limits.nodes)


def _business_key(graph: Graph, catalog: Catalog) -> str:
    """What the trigger says is one record's key; creates that say nothing else happen once per this."""
    for node in graph.nodes:
        kind = catalog.node_type(node.type)
        if kind is not None and kind.category == "trigger":
            return source_of(node.config.get("business_key"))
    return ""


def _check_settings(flow: Flow, settings: Mapping[str, Json]) -> None:
    lane = settings.get("lane")
    if lane:
        findings = Findings(CompileScope(node="", catalog=flow.catalog, upstream=frozenset()))
        findings.expression(lane["key"], "/settings/lane/key", names=("event", "vars"))
        flow.problems += findings.problems
        flow.variables |= findings.variables
