"""What engine tests stand on: a small catalogue, a context with scripted replies, and graphs written in few words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Self

from connectors.sdk import errors
from connectors.sdk.operation import Idempotency, Operation, Pages, Portion, Read, Write
from connectors.sdk.schema import decimal, integer, items, obj, text
from connectors.sdk.trigger import PollTrigger, Trigger, WebhookTrigger
from connectors.sdk.wire import Json, Request, Schema
from integrations.engine.asking import Answered, Question, Sighting
from integrations.engine.catalog import discover_nodes
from integrations.engine.compiler import compile_flow
from integrations.engine.memory import MemoryPages
from integrations.engine.node import EffectSpec, NodeType
from integrations.engine.plan import Plan
from integrations.engine.waiting import EffectInFlight, Held, Superseded

NOW = datetime(2026, 5, 31, 23, 30, tzinfo=UTC)
ANYTHING: Schema = {}

_DEAL = obj(
    {
        "key": text("Key"),
        "stage": text("Stage"),
        "amount": decimal("Amount"),
        "lines": items("Lines", obj({"sku": text("SKU"), "quantity": decimal("Q"), "price": decimal("P")})),
    },
    more=True,
)
_INVOICE = obj(
    {
        "customer": text("Customer"),
        "total": decimal("Total", currency="/currency"),
        "currency": text("Currency"),
        "status": {"type": "string", "enum": ["draft", "open"]},
        "lines": items("Lines", obj({"description": text("D"), "net": decimal("Net")}, required=("net",))),
    },
    required=("customer",),
)


def read(title: str, input: Schema, output: Schema = ANYTHING) -> Read:
    return Read(title, input, output, {}, run=lambda _call, data: data)


def write(title: str, effect: Any, input: Schema, **rest: Any) -> Write:
    return Write(
        title=title,
        effect=effect,
        record=title.rsplit(maxsplit=1)[-1],
        input=input,
        output=ANYTHING,
        sample={},
        idempotency=Idempotency("none", scope="nothing"),
        prepare=lambda _call, data, _mark: Request("POST", "/", json=data),
        result=lambda data, _response: data,
        far_id=lambda output: str(output["id"]),
        unmarked=lambda request: request.json,
        **rest,
    )


OPERATIONS: Mapping[str, Operation] = {
    "crm.get_deal": read("Get a deal", obj({"key": text("Key")}, required=("key",)), _DEAL),
    "crm.list_people": Read(
        "List people",
        obj({}),
        obj({"people": items("People", obj({"id": integer("Id"), "team": text("Team")}, more=True))}),
        {},
        run=lambda _call, data: data,
        pages=Pages("people", lambda _call, _data, _at: Portion([])),
    ),
    "crm.find_person": read("Find a person", obj({"email": text("E-mail")})),
    "crm.update_deal": write("Update a deal", "update", obj({"key": text("Key"), "note": text("Note")})),
    "crm.comment": write("Comment on a deal", "append", obj({"text": text("Text")})),
    "ledger.create_invoice": write("Create an invoice", "create", _INVOICE),
    "ledger.ensure_customer": write(
        "Ensure a customer", "create", obj({"name": text("Name")}), identities=lambda data: [data["name"]]
    ),
    "ledger.price": write("Set a price", "create", obj({"price": {"x-decimal": {"places": 2}}})),
}


def _never(*_: Any) -> Any:
    raise AssertionError("not asked for while compiling")


TRIGGERS: Mapping[str, Trigger] = {
    "crm.deal_changed": WebhookTrigger(
        title="Deal changed",
        config=obj({"pipeline": text("Pipeline")}, required=("pipeline",)),
        output=_DEAL,
        sample={},
        verify=_never,
        read=_never,
        enable=_never,
        disable=_never,
    ),
    "crm.deal_found": PollTrigger(
        title="Deal found",
        config=obj({"pipeline": text("Pipeline")}, required=("pipeline",)),
        output=_DEAL,
        sample={},
        poll=_never,
    ),
}


@dataclass(frozen=True)
class Workbench:
    """A `Catalog` of the real node types and the operations above."""

    nodes: Mapping[str, NodeType]
    flows: Mapping[str, Json] = field(default_factory=dict)

    def node_type(self, type_id: str) -> NodeType | None:
        return self.nodes.get(type_id)

    def operation(self, operation_id: str) -> Operation | None:
        return OPERATIONS.get(operation_id)

    def trigger(self, trigger_id: str) -> Trigger | None:
        return TRIGGERS.get(trigger_id)

    def flow(self, key: str) -> Mapping[str, Json] | None:
        return self.flows.get(key)


@cache
def catalog() -> Workbench:
    return Workbench(discover_nodes())


def flow(nodes: Mapping[str, Json], *edges: str, **rest: Json) -> dict[str, Json]:
    """A flow document; edges are written "a -> b" or "a.port -> b"."""
    return {"format": 1, "key": "test-flow", "nodes": dict(nodes), "edges": drawn(edges), **rest}


def drawn(edges: Sequence[str]) -> dict[str, Json]:
    return {f"e{at}": _edge(edge) for at, edge in enumerate(edges, start=1)}


def _edge(edge: str) -> dict[str, Json]:
    source, target = (end.strip() for end in edge.split("->"))
    node, _, port = source.partition(".")
    return {"from": [node, port or "main"], "to": [target, "main"]}


def planned(document: Mapping[str, Json]) -> Plan:
    """The plan of a flow that must compile."""
    compiled = compile_flow(document, catalog())
    assert compiled.plan is not None, compiled.problems
    return compiled.plan


class Scripted:
    """A context whose calls are answered from a script by path: one reply for ever, or a list used up in order.

    A reply is {"gives": json}, {"fails": class, …arguments}, {"in_flight": token} or {"superseded": json}. Of a list read page
    by page it is {"pages": [items, …]}; an item may be such a failure, for its page.
    """

    def __init__(
        self, replies: Mapping[str, Json] | None = None, tables: Mapping[str, Json] | None = None
    ) -> None:
        self.now = NOW
        self.calls: list[tuple[str, str, Json, EffectSpec | None]] = []
        self._replies = {path: list(r) if isinstance(r, list) else r for path, r in (replies or {}).items()}
        self._tables = tables or {}
        self._met: set[tuple[str, int]] = set()
        self.time = NOW
        self.zone = "Europe/London"
        self.seen: dict[tuple[str, str], str] = {}
        self.answers: dict[str, list[Json]] = {}
        self.questions: list[tuple[str, Question]] = []
        self.pages = MemoryPages()

    @classmethod
    def by(cls, read: Mapping[str, Any]) -> Self:
        """The context of a case of `tests/flows/`: replies, tables, keys others own, and answers."""
        context = cls(read.get("replies"), read.get("tables"))
        context.seen = dict.fromkeys(map(tuple, read.get("seen", [])), "another")
        context.answers = {path: list(script) for path, script in read.get("answers", {}).items()}
        return context

    def lookup(self, table: str, key: Sequence[Json], column: str) -> Json:
        for row in self._tables.get(table, ()):
            if row["key"] == list(key):
                return row[column]
        raise errors.TableMiss(
            f"The table {table} has no row for {key}.",
            info={"table": table, "key": list(key), "column": column},
        )

    def call(
        self, *, path: str, attempt: int, slot: str, operation: str, data: Json, effect: EffectSpec | None
    ) -> Json:
        self.calls.append((path, operation, data, effect))
        script = self._replies.get(path)
        assert script is not None, f"{path} calls {operation}, which isn't in the script"
        reply = script.pop(0) if isinstance(script, list) else script
        return _answer(dict(reply))

    def page(self, *, path: str, attempt: int, slot: str, operation: str, data: Json, at: Json) -> Portion:
        """The page of that number; a failure in its place is met once, then what it says `then`."""
        self.calls.append((path, operation, at, None))
        script: dict[str, Any] = dict(self._replies[path])
        pages, number = script["pages"], at or 0
        reply = pages[number]
        if isinstance(reply, dict):
            reply, failing = reply.get("then", []), {k: v for k, v in reply.items() if k != "then"}
            if (path, number) not in self._met:
                self._met.add((path, number))
                _answer(failing)
        return Portion(reply, number + 1 if number + 1 < len(pages) else None)

    def clock(self) -> datetime:
        return self.time

    def sight(self, *, path: str, memory: str, key: str, window: timedelta) -> Sighting:
        """Keys that are known belong to a path of this run, or to another run's ("another")."""
        owner = self.seen.setdefault((memory, key), path)
        return Sighting(owner == path, run=1 if owner == path else 7, at=NOW)

    def ask(self, *, path: str, question: Question) -> Answered:
        """The next answer of the script, the last one for ever; null: nobody has decided yet."""
        self.questions.append((path, question))
        script = self.answers.get(path, [None])
        reply = script.pop(0) if len(script) > 1 else script[0]
        if reply is None:
            raise Held("waiting", "approval:1", self.time + question.within if question.within else None)
        return Answered(**reply, at=self.time)


def _answer(reply: dict[str, Json]) -> Json:
    if "in_flight" in reply:
        raise EffectInFlight(reply["in_flight"])
    if "superseded" in reply:
        raise Superseded(reply["superseded"])
    if "fails" in reply:
        raise getattr(errors, reply.pop("fails"))(reply.pop("sentence", "It failed."), **reply)
    return reply["gives"]
