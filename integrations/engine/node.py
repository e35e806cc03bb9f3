"""The node-type contract: one file in `integrations/nodes/` ending in `NODE = …`, discovered, listed nowhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from connectors.sdk.operation import Operation, Portion
from connectors.sdk.trigger import Trigger
from connectors.sdk.wire import Json, Schema
from integrations.engine.asking import Answered, Question, Sighting
from integrations.engine.body import Body
from integrations.engine.journal import Entry
from integrations.engine.long_list import LongList, PageStore
from integrations.engine.outcome import Outcome
from integrations.engine.plan import Plan
from integrations.engine.problem import Problem
from integrations.engine.shapes import UNKNOWN, Shape

__all__ = [
    "CalledFlow",
    "Catalog",
    "CompileScope",
    "Compiled",
    "Context",
    "EffectSpec",
    "NodeType",
    "Ports",
    "StepScope",
]

OnChange = Literal["hold", "update", "credit"]


@dataclass(frozen=True, slots=True)
class Ports:
    """Named inputs and outputs. `error` is added to every node that can fail."""

    inputs: tuple[str, ...] = ("main",)
    outputs: tuple[str, ...] = ("main",)


@dataclass(frozen=True, slots=True)
class EffectSpec:
    """The identity of a write, resolved for this record (DESIGN §3.3).

    `identity`: business key(s); several only for find-or-create, strongest first; empty there = ask the operation's own
    `identities(data)`. `source` and `position`: for updates, the source record and its own ordering stamp ("" = use the
    event's intake counter). `on_change`: what a changed payload under a confirmed identity does.
    """

    identity: tuple[str, ...]
    on_change: OnChange = "hold"
    source: str = ""
    position: str = ""


class Context(Protocol):
    """What an executing step may see and do besides evaluating expressions. Every method raises `Failure` only."""

    @property
    def now(self) -> datetime:
        """The event's arrival, frozen for the run: `$now()` and `$today()` never move, replays included."""

    def lookup(self, table: str, key: Sequence[Json], column: str) -> Json:
        """The value in a mapping table's row valid at `now`; `TableMiss` when there is none and the policy says error."""

    def call(
        self, *, path: str, attempt: int, slot: str, operation: str, data: Json, effect: EffectSpec | None
    ) -> Json:
        """Carry out one connector operation and return its output. Writes go through the effect ledger.

        Raises `EffectInFlight` (see `engine/waiting.py`) when another run holds the same unsettled effect.
        """

    def page(self, *, path: str, attempt: int, slot: str, operation: str, data: Json, at: Json) -> Portion:
        """One page of a reading operation's list (`connectors.sdk.operation.Pages`); `at` as the page before said."""

    def clock(self) -> datetime:
        """The time it is, which unlike `now` moves. Only waiting may depend on it, never what is computed."""

    @property
    def zone(self) -> str:
        """The company's time zone ("Europe/London"), for flows that name none of their own."""

    def sight(self, *, path: str, memory: str, key: str, window: timedelta) -> Sighting:
        """Note a key once for `window` in this flow's `memory`. The event that is first owns it, also when it is retried."""

    def ask(self, *, path: str, question: Question) -> Answered:
        """What a person decided, or that nobody did in time. Raises `Held` as long as the question is open."""

    @property
    def pages(self) -> PageStore:
        """Where the run's long lists are kept."""


class StepScope(Protocol):
    """The names an expression may use at this point of this run: `$event, $steps.<id>, $item, $index, $vars`."""

    @property
    def path(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def context(self) -> Context: ...
    @property
    def event(self) -> Json: ...
    @property
    def inputs(self) -> Mapping[str, Json]:
        """Outputs of the steps whose edges into this one were taken, by node id, in plan order. `$in` is the first."""

    @property
    def before(self) -> Entry | None:
        """The latest recorded attempt of this step: what it waited for, and whether it had failed."""

    def begin(self, input: Json) -> None:
        """Say what the step works on (its resolved configuration, for people) before it does anything that counts."""

    def evaluate(self, source: str, extra: Mapping[str, Json] | None = None) -> Json:
        """Evaluate a checked expression; `extra` adds bindings (`{"in": …}` for `$in`). A long list as its result is `Data`."""

    def items(self, source: str) -> list[Json] | LongList:
        """The list an expression gives: nothing is an empty one, a single value a list of one. It may be a long one."""

    def resolve(self, value: Json) -> Json:
        """Replace every `{"$expr": "…"}` inside `value` by its result; whole-field expressions keep their type.

        A result that isn't there is a `Data` failure with its pointer, unless the object also says `"onMissing": "omit"`,
        `"null"` or `"default"` (with `"default": value`).
        """


class Catalog(Protocol):
    """What flows can be built from, as the compiler sees it."""

    def node_type(self, type_id: str) -> "NodeType | None": ...

    def operation(self, operation_id: str) -> Operation | None:
        """`"sage50.create_invoice"` → its operation."""

    def trigger(self, trigger_id: str) -> Trigger | None:
        """`"streak.box_stage_changed"` → its trigger."""

    def flow(self, key: str) -> Mapping[str, Json] | None:
        """The document of another flow, as a step may call it; None when there is none that could be called."""


@dataclass(frozen=True, slots=True)
class CalledFlow:
    """Another flow as a step calls it. `plan` is None when it has `problems`, whose nodes and pointers are its own.

    `input` is what it says of its `$event`, `output` of what it gives back; {} = nothing. `results` are its result steps in
    plan order, `calls` how many flows deep it calls others itself.
    """

    plan: Plan | None
    problems: tuple[Problem, ...] = ()
    input: Schema = field(default_factory=dict)
    output: Schema = field(default_factory=dict)
    results: tuple[str, ...] = ()
    calls: int = 0

    @property
    def writes(self) -> bool:
        return self.plan is not None and any(step.writes for step in self.plan.steps)


def _no_flows(_key: str) -> CalledFlow | None:
    return None


@dataclass(frozen=True, slots=True)
class CompileScope:
    """Where a node stands while compiling: its id, what is upstream, whether it is inside a loop body.

    `inner` are the upstream steps inside the same loop body, `known` every node id of the flow, `disabled` those switched
    off, `enclosed` the container of every node that lies in one. `drawn` are the node's ports that edges leave by.
    `business_key` is the trigger's expression ("" = none). `shapes` are what upstream nodes said of their outputs, by node
    id; `event` and `item` those of `$event` and `$item`. `called` compiles another flow as a step here calls it.
    """

    node: str
    catalog: Catalog
    upstream: frozenset[str]
    slot: str = ""
    in_loop: bool = False
    body_writes: bool = False
    has_body: bool = False
    inner: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()
    enclosed: Mapping[str, str] = field(default_factory=dict)
    drawn: frozenset[str] = frozenset()
    business_key: str = ""
    time_zone: str = ""
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    event: Shape = UNKNOWN
    item: Shape = UNKNOWN
    called: Callable[[str], CalledFlow | None] = _no_flows


@dataclass(frozen=True, slots=True)
class Compiled:
    """A node's parameters, or its problems; and what it needs from its environment.

    `writes`: it changes a far system. `transparent`: its output is only a note, and `$in` of what follows is its own `$in`.
    `shape` is what is known of its output; `item` (of a loop) what is known of `$item` inside. `encloses` says whether
    steps may stand inside it, and how often they run; `takes_failures`: what fails inside leaves by its error port unless
    the node says otherwise. `flow` and `plan` are the flow that runs inside it instead.
    """

    params: Mapping[str, Json] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    tables: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    slots: Mapping[str, str] = field(default_factory=dict)
    """slot → connector id"""
    writes: bool = False
    transparent: bool = False
    shape: Shape = UNKNOWN
    item: Shape = UNKNOWN
    encloses: Literal["nothing", "each", "once"] = "nothing"
    takes_failures: bool = False
    flow: str = ""
    plan: Plan | None = None


class NodeType(Protocol):
    """`schema` drives the form; `compile` does all parsing; `execute` may use only `scope` and `scope.context`."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def category(self) -> Literal["trigger", "lookup", "transform", "action", "logic"]: ...
    @property
    def help(self) -> str: ...
    @property
    def icon(self) -> str:
        """A lucide icon name."""

    @property
    def schema(self) -> Schema: ...
    @property
    def sample(self) -> Json: ...
    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        """The ports this configuration has; without a catalog, those that don't depend on an operation."""

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled: ...
    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome | Body:
        """A container gives the way its body is to be walked (`engine/body.py`); its output is then what that comes to."""
