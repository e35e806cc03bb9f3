"""What a step can do wrong while it runs, each with its code and its place."""

from typing import Any

import pytest

from connectors.sdk.wire import Json
from integrations.engine.executor import Given, advance
from integrations.engine.limits import Limits
from integrations.engine.memory import MemoryJournal
from integrations.engine.outcome import Parked
from tests.engine.workbench import Scripted, catalog, flow, planned

START: Json = {"type": "trigger", "config": {"kind": "manual", "business_key": "$event.key"}}


def run(node: Json, event: Json, limits: Limits | None = None, **script: Any) -> Parked:
    """One step after a trigger; it must not succeed."""
    plan = planned(flow({"start": START, "it": node}, "start -> it"))
    given = Given(event, catalog(), limits=limits or Limits())
    turn = advance(plan, MemoryJournal(), Scripted(**script), given)
    assert isinstance(turn, Parked)
    return turn


def call(operation: str, slot: str = "ledger", **config: Json) -> Json:
    return {"type": "call", "slot": slot, "config": {"operation": operation, **config}}


INVOICE: dict[str, Json] = {"input": {"customer": "C"}}
FAILURES: list[tuple[str, Json, Json, str, str]] = [
    ("a condition that gives text", {"type": "filter", "config": {"condition": "$event.a"}}, {"a": "yes"}, "condition_not_boolean", "/condition"),
    ("an identity that finds nothing", call("ledger.create_invoice", **INVOICE), {}, "identity_empty", "/once_per"),
    ("an identity that is blank", call("ledger.create_invoice", **INVOICE), {"key": "  "}, "identity_empty", "/once_per"),
    ("an identity that is a list", call("ledger.create_invoice", **INVOICE), {"key": ["a"]}, "identity_wrong", ""),
    ("an identity that is true", call("ledger.create_invoice", **INVOICE), {"key": True}, "identity_wrong", ""),
    ("money that is no number", call("ledger.create_invoice", input={"customer": "C", "total": {"$expr": "$event.t"}}), {"key": "K", "t": "ten"}, "not_decimal", "/total"),
    ("money deep in a list", call("ledger.create_invoice", input={"customer": "C", "lines": {"$expr": "$event.l"}}), {"key": "K", "l": [{"net": "1"}, {"net": 0.5}]}, "binary_number", "/lines/1/net"),
    ("a missing field deep in the input", call("ledger.create_invoice", input={"customer": "C", "lines": [{"net": {"$expr": "$event.n"}}]}), {"key": "K"}, "missing_value", "/lines/0/net"),
    ("a failing expression deep in the input", call("crm.get_deal", "crm", input={"key": {"$expr": "$string($event.n * 2)"}}), {"n": "x"}, "expression_failed", "/key"),
    ("items without a key", {"type": "for_each", "config": {"items": "$event.l", "key": "$item.sku"}, "body": {"nodes": {"a": {"type": "merge"}}, "edges": {}}}, {"l": [{}]}, "loop_key_empty", "/key"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "node", "event", "code", "pointer"), FAILURES, ids=[row[0] for row in FAILURES]
)
def test_it_parks_for_a_person(why: str, node: Json, event: Json, code: str, pointer: str) -> None:
    turn = run(node, event)
    assert turn.failure is not None
    assert (turn.reason, turn.node) == ("person", "it")
    assert (turn.failure.code, turn.failure.pointer) == (code, pointer)


def test_a_mapping_says_which_line_lacks_what() -> None:
    line = {"kind": "object", "fields": [{"key": "sku", "value": {"kind": "path", "path": "$line.sku"}}]}
    lines = {"kind": "list", "from": "$event.lines", "as": "line", "item": line}
    mapping = {"kind": "object", "fields": [{"key": "lines", "value": lines}]}
    turn = run({"type": "map", "config": {"mapping": mapping}}, {"lines": [{"sku": "A"}, {"no": 1}]})
    assert turn.failure is not None
    assert turn.failure.code == "missing_value"
    assert turn.failure.pointer == "/lines/1/sku"
    assert turn.failure.sentence == "sku is missing: $line.sku found nothing."


def test_a_run_of_too_many_steps_parks_with_the_limit() -> None:
    body = {"nodes": {"a": {"type": "merge"}}, "edges": {}}
    node = {"type": "for_each", "config": {"items": "[1..100]"}, "body": body}
    turn = run(node, {}, Limits(steps=50))
    assert turn.failure is not None
    assert turn.failure.code == "limit"
    assert turn.path == "it[48]/a"


def test_an_output_that_is_too_big_parks_with_the_limit() -> None:
    turn = run(call("crm.find_person", "crm"), {}, Limits(output=100), replies={"it": {"gives": "x" * 200}})
    assert turn.failure is not None
    assert turn.failure.code == "limit"


def test_an_update_says_its_source_and_position() -> None:
    node = call("crm.update_deal", "crm", input={"key": "D"}, position="$event.at")
    context = Scripted({"it": {"gives": {}}})
    plan = planned(flow({"start": START, "it": node}, "start -> it"))
    advance(plan, MemoryJournal(), context, Given({"key": "D1", "at": 1780270200000}, catalog()))
    effect = context.calls[0][3]
    assert effect is not None
    assert (effect.identity, effect.source, effect.position) == ((), "D1", "1780270200000")


def test_find_or_create_takes_every_identity_that_is_there() -> None:
    node = call(
        "ledger.ensure_customer", once_per=["$event.org", "$event.email", "$event.no"], input={"name": "N"}
    )
    context = Scripted({"it": {"gives": {}}})
    plan = planned(flow({"start": START, "it": node}, "start -> it"))
    advance(plan, MemoryJournal(), context, Given({"key": "D1", "org": "O", "email": "a@b.c"}, catalog()))
    assert context.calls[0][3] is not None
    assert context.calls[0][3].identity == ("O", "a@b.c")
