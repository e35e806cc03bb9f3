"""What a connector can do: operations. One file in `operations/` holds one, named `OPERATION`.

A *read* is one function. A *write* is split so that "once" can be kept through a crash (DESIGN §3.3): `prepare` builds
the exact request (it may read), the runtime commits the effect with that request and only then sends it; `find` looks
an unknown outcome up; `standing` says whether the record made earlier is still there; `existing` makes it a find-or-create.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

from connectors.sdk.wire import Json, Request, Response, Schema

__all__ = ["Call", "EffectKind", "Idempotency", "Mark", "Match", "Operation", "Read", "Standing", "Write"]

EffectKind = Literal["read", "create", "update", "append", "delete"]
Standing = Literal["stands", "void", "gone"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What identifies one effect in the far system. Both are derived from the effect's key and generation, so they are
    the same on every attempt: `token` is 16 characters with a checksum, `guid` 32 hex digits."""

    token: str
    guid: str


@dataclass(frozen=True, slots=True)
class Match:
    """A far record that may be the effect we look for. `created_at` is ISO 8601 or "" when the far system has none."""

    far_id: str
    output: Json
    created_at: str = ""
    matched_by: str = ""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """How a write is kept from happening twice (DESIGN §3.3).

    `native`: the far system replays a repeated request inside `window`; `marker`: our token is stamped in a searchable
    field; `lookup`: business fields; `none`: an unknown outcome goes to a person. `settle`: how long after sending an
    empty look-up may be believed (default: twice the call's deadline). `scope`: within what the strategy holds.
    """

    strategy: Literal["native", "marker", "lookup", "none"]
    scope: str
    window: timedelta | None = None
    settle: timedelta | None = None


class Call(Protocol):
    """One connector call in progress: what an operation may use. Raises `connectors.sdk.errors.Failure` only."""

    @property
    def settings(self) -> Mapping[str, Json]:
        """The connection's own non-secret settings."""

    def get(self, path: str, query: Mapping[str, Json] | None = None) -> Json:
        """GET and return the parsed body; the connector's classifier turns refusals into failures."""

    def send(self, request: Request) -> Response:
        """Send exactly this request (any method), signed. For a write, a lost answer raises `OutcomeUnknown`."""

    def cached(self, key: str, seconds: float, load: Callable[[], Json]) -> Json:
        """`load()` at most once per connection and `seconds`."""


@dataclass(frozen=True, slots=True)
class Read:
    """An operation without effect. `run(call, data)` returns the output."""

    title: str
    input: Schema
    output: Schema
    sample: Json
    run: Callable[[Call, Json], Json]
    help: str = ""
    effect: EffectKind = "read"


@dataclass(frozen=True, slots=True)
class Write:
    """An operation with an effect in the far system.

    `record` is the kind of far record ("sales_invoice"), part of every effect key. `prepare(call, data, mark)` builds the
    request; `result(data, response)` turns the answer into the output; `far_id(output)` and `amount(output)` read the
    record's id and its money ({"amount", "currency"} or None) out of it. `find(call, request, mark)` returns candidates
    for an unknown outcome from an authoritative source. `standing(call, far_id)`. `existing(call, data)` (find-or-create)
    returns the record this input already means, or None, or raises `Conflict` for a person. `unmarked(request)` is the
    request body without our own markers: what the payload hash is taken of. `identities(data)` (find-or-create) are all
    the keys the found thing has, strongest first.
    """

    title: str
    effect: EffectKind
    record: str
    input: Schema
    output: Schema
    sample: Json
    idempotency: Idempotency
    prepare: Callable[[Call, Json, Mark], Request]
    result: Callable[[Json, Response], Json]
    far_id: Callable[[Json], str]
    unmarked: Callable[[Request], Json]
    find: Callable[[Call, Request, Mark], Sequence[Match]] | None = None
    standing: Callable[[Call, str], Standing] | None = None
    existing: Callable[[Call, Json], Match | None] | None = None
    identities: Callable[[Json], Sequence[str]] | None = None
    amount: Callable[[Json], Mapping[str, str] | None] = field(default=lambda _output: None)
    help: str = ""


Operation = Read | Write
