"""The compiled flow: frozen, JSON-shaped and self-contained, so that a run can pin it for ever."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.sdk.wire import Json

__all__ = ["Edge", "OnError", "Plan", "RetryPolicy", "Step"]


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


@dataclass(frozen=True, slots=True)
class Edge:
    """From a node's port to a node's port."""

    id: str
    source: str
    source_port: str
    target: str
    target_port: str = "main"


@dataclass(frozen=True, slots=True)
class Step:
    """One node, compiled: `params` needs no further parsing by schema; expressions in it are checked source text.

    `writes`: it (or a step of its body) changes a far system. `transparent`: `$in` of what follows is this step's own `$in`.
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

    def to_json(self) -> dict[str, Json]:
        from integrations.engine.plan_codec import plan_to_json

        return plan_to_json(self)
