"""What a connector can do: operations. One file in `operations/` holds one, named `OPERATION`.

A *read* is one function. A *write* is split so that "once" can be kept through a crash (DESIGN §3.3): `prepare` builds
the exact request (it may read), the runtime commits the effect with that request and only then sends it; `find` looks
an unknown outcome up; `standing` says whether the record made earlier is still there; `existing` makes it a find-or-create.
What may be done about it afterwards is declared as well: `revise` (written over, while the far system lets one) and
`compensation` (undone the way an accountant accepts).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

from connectors.sdk.errors import Transient
from connectors.sdk.wire import Json, Request, Response, Schema

__all__ = [
    "Asked",
    "Call",
    "Compensation",
    "EffectKind",
    "Idempotency",
    "Mark",
    "Match",
    "Operation",
    "Pages",
    "Portion",
    "Read",
    "Remedy",
    "RemedyLine",
    "Revision",
    "Standing",
    "Write",
]

MOST_PAGES = 10_000
"""A list that never ends is a far system's bug, not ours to follow for ever."""
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
    `authoritative`: `find` sees everything the far system holds, at once; False (a search index, some other API's list)
    means that what it doesn't find may be there all the same, so a person decides before anything is sent again.
    """

    strategy: Literal["native", "marker", "lookup", "none"]
    scope: str
    window: timedelta | None = None
    settle: timedelta | None = None
    authoritative: bool = True


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
class Portion:
    """One page of a list. `following` is what the next page is asked with (any JSON but null); None = this was the last."""

    items: Sequence[Json]
    following: Json = None


@dataclass(frozen=True, slots=True)
class Pages:
    """How a reading operation gives its list a page at a time, however long that is.

    `field` is the one field of its output, the list. `read(call, data, at)` asks for one page; `at` is None for the first,
    then what the page before gave as `following`, also after a crash. When the far system doesn't know it any more, raise
    `Data` or `NotFound`: the list is then read from the start.
    """

    field: str
    read: Callable[[Call, Json, Json], Portion]

    def all(self, call: Call, data: Json) -> Json:
        """Everything at once: the `run` of such an operation."""
        found: list[Json] = []
        at: Json = None
        for _ in range(MOST_PAGES):
            portion = self.read(call, data, at)
            found += portion.items
            at = portion.following
            if at is None:
                return {self.field: found}
        raise Transient(f"The list did not end after {MOST_PAGES} pages.", code="endless_list")


@dataclass(frozen=True, slots=True)
class Read:
    """An operation without effect. `run(call, data)` returns the output. `pages`: its output is a list that may be long;
    flows read it page by page then, and nobody needs `run`, which gives it at once."""

    title: str
    input: Schema
    output: Schema
    sample: Json
    run: Callable[[Call, Json], Json]
    help: str = ""
    effect: EffectKind = "read"
    pages: Pages | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """How a record made earlier is written over with other content, as long as the far system allows it.

    `may_revise(call, far_id)` reads whether it does now (a draft that nobody has posted). `operation` is the update that
    does it, an operation of the same connector; `input(far_id, data)` makes its input of the create's own input.
    """

    operation: str
    may_revise: Callable[[Call, str], bool]
    input: Callable[[str, Json], Json]


@dataclass(frozen=True, slots=True)
class Asked:
    """Under which circumstances something is undone: `day` is YYYY-MM-DD in the company's time zone."""

    day: str
    reason: str


@dataclass(frozen=True, slots=True)
class RemedyLine:
    """One line of what a remedy writes; amounts are decimal texts, "" where they don't apply."""

    text: str
    quantity: str = ""
    net: str = ""
    tax: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would undo a record as it stands now: the operation with its input, and in words and numbers what that does.

    `title` is what the button says ("Credit SI-57"), `sentence` what will have happened. `lines`, `net`, `tax` and `total`
    (decimal texts) with `currency` are the document it writes; all empty when it writes none. `reference` is how people
    will find it.
    """

    operation: str
    data: Json
    title: str
    sentence: str
    lines: Sequence[RemedyLine] = ()
    net: str = ""
    tax: str = ""
    total: str = ""
    currency: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Compensation:
    """How what a write made is undone. `title` in general ("Credit this invoice").

    `offer(call, far_id, asked)` reads the record as it stands and says what undoes it now; it writes nothing. A draft may be
    removed where a posted document must be credited: the operation decides. Raises `Conflict` when nothing can be undone.
    """

    title: str
    offer: Callable[[Call, str, Asked], Remedy]


@dataclass(frozen=True, slots=True)
class Write:
    """An operation with an effect in the far system.

    `record` is the kind of far record ("sales_invoice"), part of every effect key. `prepare(call, data, mark)` builds the
    request; `result(data, response)` turns the answer into the output; `far_id(output)` and `amount(output)` read the
    record's id and its money ({"amount", "currency"} or None) out of it. `find(call, request, mark)` returns candidates
    for an unknown outcome from an authoritative source. `standing(call, far_id)`. `existing(call, data)` (find-or-create)
    returns the record this input already means, or None, or raises `Conflict` for a person. `unmarked(request)` is the
    request body without our own markers: what the payload hash is taken of. `identities(data)` (find-or-create) are all
    the keys the found thing has, strongest first. `revise` and `compensation` say what may be done about it later.
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
    revise: Revision | None = None
    compensation: Compensation | None = None
    help: str = ""


Operation = Read | Write
