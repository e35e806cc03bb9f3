"""What the operations on Sage's kinds of records share: reading one, listing, making, changing and deleting.

An operation's own file says what it takes and gives; here stands how Sage wants it: wrapped in the singular name, with an
`idempotency_id`, and read back when an answer was lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connectors.sage50.client import page, pages
from connectors.sage50.idempotency import native
from connectors.sdk.errors import Data, NotFound, OutcomeUnknown
from connectors.sdk.marks import has_mark, unstamp
from connectors.sdk.numbers import decimal_of
from connectors.sdk.operation import (
    Call,
    Compensation,
    EffectKind,
    Idempotency,
    Mark,
    Match,
    Pages,
    Portion,
    Read,
    Standing,
    Write,
)
from connectors.sdk.paths import path_of
from connectors.sdk.schema import boolean, items, obj, text
from connectors.sdk.wire import Json, Request, Response, Schema

__all__ = [
    "Finder",
    "Kind",
    "change",
    "days_of",
    "holds",
    "id_of",
    "listing",
    "make",
    "marked",
    "matching",
    "read_record",
    "reading",
    "removal",
    "standing_of",
]

Filters = Mapping[str, tuple[str, Schema]]
"""The inputs of a list: {our name: (Sage's filter, schema)}."""

_NEVER_SHOWN = {"contact_person_type_ids"}
"""What Sage takes beside a contact but doesn't give back there."""

_NESTED: dict[str, Json] = {"nested_attributes": "all"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of Sage's records: its list's path, the name its bodies are wrapped in, what people call it, the input that
    names one, the output's list, and what a flow sees of one."""

    path: str
    name: str
    noun: str
    key: str
    plural: str
    schema: Schema
    output: Callable[[Json], Json]
    sample: Json

    @property
    def key_field(self) -> Schema:
        return text(f"{self.noun.capitalize()} id", shortest=1)

    def read(self, record: Json) -> Json:
        """The output for what Sage answered. Raises `OutcomeUnknown` for an answer that is no record."""
        if not isinstance(record, dict) or not record.get("id"):
            raise OutcomeUnknown(
                f"Sage's answer is not a {self.noun}.", code=f"not_a_{self.name}", detail=str(record)[:500]
            )
        return self.output(record)


def id_of(value: Json) -> str:
    """The id of a record another one points at, "" for none."""
    return str(value.get("id") or "") if isinstance(value, dict) else ""


def days_of(record: Json, *names: str) -> dict[str, str]:
    """The days that the record has, as YYYY-MM-DD."""
    return {name: str(record[name])[:10] for name in names if record.get(name)}


def read_record(call: Call, kind: Kind, far_id: str) -> Json:
    """The record as Sage gives it. Raises `NotFound`, also for a deleted one."""
    record = call.get(path_of(kind.path, far_id), _NESTED)
    if record.get("deleted_at"):
        raise NotFound(f"This {kind.noun} was deleted in Sage.", code="deleted")
    return record


def standing_of(kind: Kind) -> Callable[[Call, str], Standing]:
    """Whether the record made earlier is still there and not void."""

    def standing(call: Call, far_id: str) -> Standing:
        try:
            record = read_record(call, kind, far_id)
        except NotFound:
            return "gone"
        return "void" if id_of(record.get("status")) == "VOID" else "stands"

    return standing


def reading(kind: Kind, title: str, *, help: str = "") -> Read:
    """The operation that reads one record by its id."""

    def run(call: Call, data: Json) -> Json:
        return kind.read(read_record(call, kind, data[kind.key]))

    return Read(
        title=title,
        help=help,
        input=obj({kind.key: kind.key_field}, required=(kind.key,)),
        output=kind.schema,
        sample=kind.sample,
        run=run,
    )


def listing(
    kind: Kind,
    title: str,
    filters: Filters,
    *,
    query: Mapping[str, Json] | None = None,
    required: tuple[str, ...] = (),
    help: str = "",
) -> Read:
    """The operation that lists a kind's records page by page, narrowed by Sage's own filters."""

    def read(call: Call, data: Json, at: Json) -> Portion:
        asked = {
            theirs: data[ours] for ours, (theirs, _) in filters.items() if data.get(ours) not in (None, "")
        }
        found = page(call, f"/{kind.path}", {**_NESTED, **(query or {}), **asked}, at)
        standing = [kind.output(one) for one in found.items if not one.get("deleted_at")]
        return Portion(standing, found.following)

    paged = Pages(kind.plural, read)
    return Read(
        title=title,
        help=help,
        input=obj({name: field for name, (_, field) in filters.items()}, required=required),
        output=obj(
            {kind.plural: items(kind.plural.replace("_", " ").capitalize(), kind.schema)},
            required=(kind.plural,),
        ),
        sample={kind.plural: [kind.sample]},
        run=paged.all,
        pages=paged,
    )


@dataclass(frozen=True, slots=True)
class Finder:
    """How a record is looked for when it isn't known whether it was made: by what (in words), and where."""

    by: str
    find: Callable[[Call, Request, Mark], Sequence[Match]]


def marked(kind: Kind, query: Callable[[Json], Mapping[str, Json]]) -> Finder:
    """Our mark in the notes, among the records that `query(what was sent)` lists."""

    def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
        asked = {**_NESTED, **query(request.json[kind.name])}
        return [
            _match(kind, one, "mark in the notes")
            for one in pages(call, f"/{kind.path}", asked)
            if has_mark(one.get("notes"), mark)
        ]

    return Finder("our mark in the notes is looked for", find)


def matching(
    kind: Kind, words: str, query: Callable[[Json], Mapping[str, Json]], names: tuple[str, ...]
) -> Finder:
    """Those that `query(what was sent)` lists and that hold the same in the fields `names`; `words` says so to people."""

    def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
        sent = request.json[kind.name]
        wanted = {name: sent.get(name) for name in names}
        return [
            _match(kind, one, words)
            for one in pages(call, f"/{kind.path}", {**_NESTED, **query(sent)})
            if not one.get("deleted_at") and holds(one, wanted)
        ]

    return Finder(f"{words} is looked for", find)


def make(  # noqa: PLR0913 - what a making operation is made of, each by its name
    kind: Kind,
    title: str,
    fields: Schema,
    body: Callable[[Call, Json, Mark], dict[str, Json]],
    finder: Finder,
    *,
    effect: EffectKind = "create",
    idempotency: Idempotency | None = None,
    amount: Callable[[Json], Mapping[str, str] | None] = lambda _output: None,
    compensation: Compensation | None = None,
    help: str = "",
) -> Write:
    """The operation that makes a record; Sage answers a repeated `idempotency_id` as it did the first time."""
    told = idempotency or native(finder.by)

    def prepare(call: Call, data: Json, mark: Mark) -> Request:
        known = {"idempotency_id": mark.guid} if told.strategy == "native" else {}
        return Request("POST", f"/{kind.path}", json={kind.name: {**known, **body(call, data, mark)}})

    return Write(
        title=title,
        help=help,
        effect=effect,
        record=kind.name,
        input=fields,
        output=kind.schema,
        sample=kind.sample,
        idempotency=told,
        prepare=prepare,
        result=lambda _data, response: kind.read(response.json),
        far_id=lambda output: str(output["id"]),
        unmarked=lambda request: _unmarked(kind, request),
        find=finder.find,
        standing=standing_of(kind),
        amount=amount,
        compensation=compensation,
    )


def change(
    kind: Kind,
    title: str,
    fields: dict[str, Schema],
    body: Callable[[Call, Json, Json], dict[str, Json]],
    *,
    help: str = "",
) -> Write:
    """The operation that changes a record: what isn't given stays. `body(call, data, now)` may look at what it is now."""

    def prepare(call: Call, data: Json, _mark: Mark) -> Request:
        sent = body(call, data, read_record(call, kind, data[kind.key]))
        if not sent:
            raise Data("Nothing is given that could be changed.", code="nothing_to_change")
        far_id = data[kind.key]
        return Request("PUT", path_of(kind.path, far_id), json={kind.name: sent}, far_id=far_id)

    def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
        try:
            now = read_record(call, kind, request.far_id)
        except NotFound:
            return []
        return [_match(kind, now, "read back")] if holds(now, request.json[kind.name]) else []

    return Write(
        title=title,
        help=help or "What is left empty stays as it is.",
        effect="update",
        record=kind.name,
        input=obj({kind.key: kind.key_field, **fields}, required=(kind.key,)),
        output=kind.schema,
        sample=kind.sample,
        idempotency=Idempotency("lookup", scope=f"the {kind.noun}: it is read back and compared"),
        prepare=prepare,
        result=lambda _data, response: kind.read(response.json),
        far_id=lambda output: str(output["id"]),
        unmarked=lambda request: _unmarked(kind, request),
        find=find,
        standing=standing_of(kind),
    )


def removal(kind: Kind, title: str, *, help: str = "") -> Write:
    """The operation that deletes a record."""

    def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
        return Request("DELETE", path_of(kind.path, data[kind.key]), far_id=data[kind.key])

    def result(data: Json, _response: Response) -> Json:
        return {"id": data[kind.key], "deleted": True}

    def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
        gone = standing_of(kind)(call, request.far_id) == "gone"
        output = {"id": request.far_id, "deleted": True}
        return [Match(request.far_id, output, matched_by="read back")] if gone else []

    return Write(
        title=title,
        help=help,
        effect="delete",
        record=kind.name,
        input=obj({kind.key: kind.key_field}, required=(kind.key,)),
        output=obj(
            {"id": text(f"{kind.noun.capitalize()} id"), "deleted": boolean("Deleted")},
            required=("id", "deleted"),
        ),
        sample={"id": str(kind.sample["id"]), "deleted": True},
        idempotency=Idempotency("lookup", scope=f"the {kind.noun}: it is read back"),
        prepare=prepare,
        result=result,
        far_id=lambda output: str(output["id"]),
        unmarked=lambda request: {"far_id": request.far_id},
        find=find,
    )


def holds(now: Json, sent: Mapping[str, Json]) -> bool:
    """Whether a record as Sage gives it holds what was sent: ids where it nests records, amounts by value."""
    return all(_holds_one(now, name, value) for name, value in sent.items() if name not in _NEVER_SHOWN)


def _holds_one(now: Json, name: str, value: Json) -> bool:
    if name == "contact_type_ids":
        return sorted(id_of(one) for one in now.get("contact_types") or []) == sorted(value)
    if name.endswith("_id"):
        return id_of(now.get(name.removesuffix("_id"))) == str(value or "")
    theirs = now.get(name)
    if isinstance(value, dict):
        return holds(theirs or {}, value)
    if isinstance(value, list):
        return len(theirs or []) == len(value) and all(map(holds, theirs or [], value))
    return _same(theirs, value)


def _same(theirs: Json, ours: Json) -> bool:
    """Sage gives numbers where we sent texts."""
    if str(theirs if theirs is not None else "") == str(ours if ours is not None else ""):
        return True
    try:
        return decimal_of(theirs) == decimal_of(ours)
    except Data:
        return False


def _match(kind: Kind, record: Json, matched_by: str) -> Match:
    return Match(str(record["id"]), kind.output(record), str(record.get("created_at") or ""), matched_by)


def _unmarked(kind: Kind, request: Request) -> Json:
    sent = {name: value for name, value in request.json[kind.name].items() if name != "idempotency_id"}
    return {**sent, "notes": unstamp(sent["notes"])} if "notes" in sent else sent
