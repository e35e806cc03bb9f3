"""The compiled flow: frozen, JSON-shaped and self-contained, so that a run can pin it for ever."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from connectors.sdk.wire import Json
from integrations.engine.path import parse

__all__ = ["FORMAT", "Edge", "OnError", "Plan", "RetryPolicy", "Roads", "Step"]

FORMAT = 1
"""The format of stored plans."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential back-off with jitter: wait `first * factor^(n-1)` seconds after attempt n, at most `longest`, for
    `attempts` attempts in all; then the run parks for a person. The raiser's own `retry_after` wins when longer."""

    attempts: int = 8
    first: float = 2.0
    factor: float = 2.0
    longest: float = 3600.0
    jitter: float = 0.2


@dataclass(frozen=True, slots=True)
class OnError:
    """What a step's failure for a person does instead of parking: "park" (default), "port" (leave by `error`),
    "continue" (leave by `main` with `default` as output)."""

    action: str = "park"
    default: Json = None

    @property
    def takes(self) -> bool:
        """Failures don't park the run."""
        return self.action in ("port", "continue")


@dataclass(frozen=True, slots=True)
class Edge:
    """From a node's port to a node's port."""

    id: str
    source: str
    source_port: str
    target: str
    target_port: str = "main"

    def to_json(self) -> dict[str, Json]:
        return {"id": self.id, "from": [self.source, self.source_port], "to": [self.target, self.target_port]}


@dataclass(frozen=True, slots=True)
class Roads:
    """A plan's edges as the walk needs them: (source, port) of those into each step, and the ports edges leave each by."""

    into: Mapping[str, Sequence[tuple[str, str]]]
    drawn: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, edges: Sequence[Edge]) -> "Roads":
        into: dict[str, list[tuple[str, str]]] = {}
        drawn: dict[str, set[str]] = {}
        for edge in edges:
            into.setdefault(edge.target, []).append((edge.source, edge.source_port))
            drawn.setdefault(edge.source, set()).add(edge.source_port)
        return cls(into, {source: frozenset(ports) for source, ports in drawn.items()})


@dataclass(frozen=True, slots=True)
class Step:
    """One node, compiled: `params` needs no further parsing by schema; expressions in it are checked source text.

    `body` is what a container holds, or the flow it calls. `writes`: it (or a step of its body) changes a far system.
    `transparent`: `$in` of what follows is this step's own `$in`.
    """

    id: str
    type: str
    version: int
    name: str
    params: Mapping[str, Json]
    slot: str = ""
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    on_error: OnError = field(default_factory=OnError)
    disabled: bool = False
    body: "Plan | None" = None
    writes: bool = False
    transparent: bool = False

    def to_json(self) -> dict[str, Json]:
        return {
            "id": self.id,
            "type": self.type,
            "version": self.version,
            "name": self.name,
            "params": dict(self.params),
            "slot": self.slot,
            "retry": asdict(self.retry),
            "on_error": {"action": self.on_error.action, "default": self.on_error.default},
            "disabled": self.disabled,
            "body": self.body.to_json() if self.body is not None else None,
            "writes": self.writes,
            "transparent": self.transparent,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """`steps` are in a fixed topological order (node ids break ties: a JSON object has no order); `needs` lists slots → connector,
    mapping tables and variables by key; `digest` is the semantic digest of the graph (layout left out)."""

    key: str
    digest: str
    steps: tuple[Step, ...]
    edges: tuple[Edge, ...]
    needs: Mapping[str, Json] = field(default_factory=dict)
    settings: Mapping[str, Json] = field(default_factory=dict)
    roads: Roads = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roads", Roads.of(self.edges))

    @property
    def size(self) -> int:
        """Steps, with those inside containers and called flows."""
        return sum(1 + (step.body.size if step.body else 0) for step in self.steps)

    def at(self, path: str) -> Step | None:
        """The step that stands at a path of a run ("each_line[SKU-1]/create"), inside containers and called flows too."""
        plan: Plan | None = self
        step: Step | None = None
        for segment in parse(path):
            step = next((one for one in plan.steps if one.id == segment.node), None) if plan else None
            plan = step.body if step else None
        return step

    def to_json(self) -> dict[str, Json]:
        """The plan as a JSON object that shares its parts with the plan: don't change it. Its inverse: `plan_codec`."""
        return {
            "format": FORMAT,
            "key": self.key,
            "digest": self.digest,
            "steps": [step.to_json() for step in self.steps],
            "edges": [edge.to_json() for edge in self.edges],
            "needs": dict(self.needs),
            "settings": dict(self.settings),
        }
