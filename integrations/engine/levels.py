"""Compiling one level of a flow, and the bodies inside it: types, edges, order, reach, then node by node."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from connectors.sdk.wire import Json
from integrations.engine.called import Calls
from integrations.engine.graph import Graph, Node
from integrations.engine.limits import Limits
from integrations.engine.node import Catalog, Compiled, CompileScope, NodeType
from integrations.engine.plan import Edge, OnError, Plan, RetryPolicy, Step
from integrations.engine.problem import Problem
from integrations.engine.shapes import UNKNOWN, Shape
from integrations.engine.topology import order, reachable, upstream

__all__ = ["CompiledLevel", "Flow", "compile_level"]


@dataclass(slots=True)
class Flow:
    """What all levels of one flow share, and what compiling them collects."""

    calls: Calls
    enclosed: Mapping[str, str]
    """Every node id → the container it lies in, "" at the top."""
    disabled: frozenset[str]
    business_key: str = ""
    time_zone: str = ""
    problems: list[Problem] = field(default_factory=list)
    slots: dict[str, str] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    shapes: dict[str, Shape] = field(default_factory=dict)
    event: Shape = UNKNOWN
    flows: dict[str, str] = field(default_factory=dict)
    """Flows that are called → the digest of what they were compiled to."""
    size: int = 0
    """Nodes, those of called flows counted each time they are called."""

    @property
    def catalog(self) -> Catalog:
        return self.calls.catalog

    @property
    def limits(self) -> Limits:
        return self.calls.limits

    @property
    def known(self) -> frozenset[str]:
        return frozenset(self.enclosed)

    def add(
        self,
        code: str,
        message: str,
        node: str = "",
        pointer: str = "",
        *,
        severity: Literal["error", "warning"] = "error",
        **params: Json,
    ) -> None:
        self.problems.append(Problem(code, message, node, pointer, severity, params))


@dataclass(frozen=True, slots=True)
class CompiledLevel:
    """Steps in their fixed order, and the edges between them in the same order."""

    steps: tuple[Step, ...]
    edges: tuple[Edge, ...]

    @property
    def writes(self) -> bool:
        return any(step.writes for step in self.steps)


@dataclass(frozen=True, slots=True)
class Around:
    """What encloses a level: the container's node id ("" at the top), what is upstream of it, how deep it lies; and of the
    innermost loop, whether there is one, what is known of its items, and which of its steps are upstream."""

    container: str = ""
    upstream: frozenset[str] = frozenset()
    depth: int = 0
    in_loop: bool = False
    item: Shape = UNKNOWN
    inner: frozenset[str] = frozenset()

    def within(self, node: str, before: frozenset[str], opened: Compiled) -> "Around":
        """Inside the container `node` of this level, which these steps come before."""
        upstream, depth = before | self.upstream, self.depth + 1
        if opened.encloses == "each":
            return Around(node, upstream, depth, in_loop=True, item=opened.item)
        inner = self.inner | before if self.in_loop else frozenset()
        return Around(node, upstream, depth, self.in_loop, self.item, inner)


def compile_level(flow: Flow, graph: Graph, around: Around | None = None) -> CompiledLevel:
    """1. node types, 2. edges, 3. order and cycles, 4. where it starts and what is reached, 5. each node."""
    level = _Level(flow, graph, around or Around())
    return level.compile()


class _Level:
    def __init__(self, flow: Flow, graph: Graph, around: Around) -> None:
        self._flow = flow
        self._around = around
        self._nodes = {node.id: node for node in graph.nodes}
        self._types = {node.id: self._type(node) for node in graph.nodes}
        self._edges = [edge for edge in graph.edges if self._sound(edge)]
        self._upstream = upstream(self._nodes, self._edges)

    def compile(self) -> CompiledLevel:
        ordered, stuck = order(self._nodes, self._edges)
        self._refuse_cycles()
        reached = self._reached()
        compiled = {node: self._node(self._nodes[node]) for node in (*ordered, *stuck)}
        steps = [step for node, step in compiled.items() if step and node in reached]
        at = {step.id: index for index, step in enumerate(steps)}
        edges = [edge for edge in self._edges if edge.source in at and edge.target in at]
        edges.sort(key=lambda edge: (at[edge.source], edge.source_port, at[edge.target], edge.id))
        return CompiledLevel(tuple(steps), tuple(edges))

    def _type(self, node: Node) -> NodeType | None:
        found = self._flow.catalog.node_type(node.type)
        if found is None:
            self._flow.add(
                "node_type_unknown", f"There is no node type {node.type}.", node.id, "/type", type=node.type
            )
        elif node.version > found.version:
            message = (
                f"Version {node.version} of {node.type} is not installed here; the newest is {found.version}."
            )
            self._flow.add("node_version_unknown", message, node.id, "/version", newest=found.version)
        return found

    def _sound(self, edge: Edge) -> bool:
        """Both ends are there and have these ports."""
        place = f"/edges/{edge.id}"
        for node, end in ((edge.source, "from"), (edge.target, "to")):
            if node not in self._nodes:
                self._loose(edge, node, f"{place}/{end}")
                return False
        return self._has_port(
            edge.source, edge.source_port, f"{place}/from/1", leaving=True
        ) and self._has_port(edge.target, edge.target_port, f"{place}/to/1", leaving=False)

    def _loose(self, edge: Edge, node: str, place: str) -> None:
        at = self._around.container
        if node in self._flow.known:
            message = f"The edge {edge.id} crosses the border of a step that has others inside it, at {node}."
            self._flow.add("edge_crosses_body", message, at, place, edge=edge.id)
        else:
            self._flow.add(
                "edge_dangling",
                f"The edge {edge.id} leads to {node}, which isn't there.",
                at,
                place,
                edge=edge.id,
            )

    def _has_port(self, node: str, port: str, place: str, *, leaving: bool) -> bool:
        kind = self._types[node]
        if kind is None:
            return True
        ports = kind.ports(self._nodes[node].config, self._flow.catalog)
        known = (*ports.outputs, *_error_port(kind)) if leaving else ports.inputs
        if port in known:
            return True
        shown = ", ".join(known) or "none"
        message = f"The step {node} has no {'output' if leaving else 'input'} called {port}; it has {shown}."
        self._flow.add("port_unknown", message, node, "", port=port, edge_pointer=place)
        return False

    def _refuse_cycles(self) -> None:
        circle = sorted(node for node in self._nodes if node in self._upstream[node])
        if circle:
            message = (
                f"These steps wait for each other: {', '.join(circle)}. Use a loop node to repeat something."
            )
            self._flow.add("cycle", message, circle[0], "", nodes=circle)

    def _reached(self) -> frozenset[str]:
        """The nodes that can run: at the top those behind the trigger, in a body all."""
        starts = [
            node for node, kind in self._types.items() if kind is not None and kind.category == "trigger"
        ]
        if self._around.container:
            for node in starts:
                self._flow.add("trigger_in_body", "A trigger can't stand inside another step.", node)
            return frozenset(self._nodes)
        if len(starts) != 1:
            self._one_trigger(starts)
            return frozenset(self._nodes)
        reached = reachable(starts, self._edges)
        for node in sorted(self._nodes.keys() - reached):
            self._flow.add("unreachable", "Nothing leads here, so it never runs.", node, severity="warning")
        return reached

    def _one_trigger(self, starts: list[str]) -> None:
        if not starts:
            self._flow.add("trigger_missing", "A flow needs a trigger to start it.")
        for node in sorted(starts)[1:]:
            self._flow.add("trigger_twice", "A flow has one trigger; this is another.", node)

    def _node(self, node: Node) -> Step | None:
        kind = self._types[node.id]
        before = self._upstream[node.id] - {node.id}
        body = self._body(node, kind, before)
        if kind is None:
            return None
        compiled = kind.compile(node.config, self._scope(node, before, body))
        self._collect(node, compiled)
        drawn = {edge.source_port for edge in self._edges if edge.source == node.id}
        return Step(
            id=node.id,
            type=node.type,
            version=node.version,
            name=node.name,
            params=compiled.params,
            slot=node.slot,
            retry=RetryPolicy(**node.retry),
            on_error=self._on_error(node, compiled, drawn),
            disabled=node.disabled,
            body=compiled.plan or self._body_plan(node, body),
            writes=compiled.writes or (body is not None and body.writes),
            transparent=compiled.transparent,
        )

    def _scope(self, node: Node, before: frozenset[str], body: CompiledLevel | None) -> CompileScope:
        flow = self._flow
        return CompileScope(
            node=node.id,
            catalog=flow.catalog,
            upstream=before | self._around.upstream,
            slot=node.slot,
            in_loop=self._around.in_loop,
            body_writes=body is not None and body.writes,
            has_body=node.body is not None and bool(node.body.nodes),
            inner=self._around.inner | before if self._around.in_loop else frozenset(),
            known=flow.known,
            disabled=flow.disabled,
            enclosed=flow.enclosed,
            drawn=frozenset(edge.source_port for edge in self._edges if edge.source == node.id),
            business_key=flow.business_key,
            time_zone=flow.time_zone,
            shapes=flow.shapes,
            event=flow.event,
            item=self._around.item,
            called=flow.calls,
        )

    def _body(self, node: Node, kind: NodeType | None, before: frozenset[str]) -> CompiledLevel | None:
        """What is inside it. The container is compiled once without, for what it says of its inside."""
        if node.body is None:
            return None
        opened = kind.compile(node.config, self._scope(node, before, None)) if kind else Compiled()
        if kind is not None and opened.encloses == "nothing":
            self._flow.add("body_unexpected", f"Nothing can stand inside {kind.title}.", node.id, "/body")
        around = self._around.within(node.id, before, opened)
        if around.depth > self._flow.limits.depth:
            message = f"Steps may lie {self._flow.limits.depth} deep inside each other."
            self._flow.add("too_deep", message, node.id, "/body", limit=self._flow.limits.depth)
            return None
        return compile_level(self._flow, node.body, around)

    def _body_plan(self, node: Node, body: CompiledLevel | None) -> Plan | None:
        return None if body is None else Plan(key=node.id, digest="", steps=body.steps, edges=body.edges)

    def _collect(self, node: Node, compiled: Compiled) -> None:
        flow = self._flow
        flow.problems += [
            problem if problem.node else replace(problem, node=node.id) for problem in compiled.problems
        ]
        flow.tables |= compiled.tables
        flow.variables |= compiled.variables
        flow.shapes[node.id] = compiled.shape
        kind = self._types[node.id]
        if kind is not None and kind.category == "trigger":
            flow.event = compiled.shape
        if compiled.plan is not None:
            flow.flows[compiled.flow] = compiled.plan.digest
            flow.size += compiled.plan.size
        for slot, connector in compiled.slots.items():
            if flow.slots.setdefault(slot, connector) != connector:
                message = f"The slot {slot} is used for {flow.slots[slot]} and for {connector}."
                flow.add("slot_conflict", message, node.id, "/slot", slot=slot)

    def _on_error(self, node: Node, compiled: Compiled, drawn: set[str]) -> OnError:
        """As said; an error edge that is drawn and nothing said means "leave by it"."""
        if node.on_error is None and not compiled.takes_failures:
            return OnError("port") if "error" in drawn else OnError()
        said = node.on_error or {"action": "port"}
        action = said["action"]
        if action == "port" and "error" not in drawn:
            message = "Failures leave by the error port, but no edge goes on from it: the run would end there quietly."
            self._flow.add("error_port_loose", message, node.id, "/on_error", severity="warning")
        if action != "port" and "error" in drawn:
            message = "An edge leaves the error port, but failures don't go there: nothing will ever take it."
            self._flow.add("error_port_unused", message, node.id, "/on_error", severity="warning")
        return OnError(action, said.get("default"))


def _error_port(kind: NodeType) -> Mapping[str, None]:
    return {} if kind.category == "trigger" else {"error": None}
