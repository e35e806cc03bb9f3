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
    ("a delay that is no number", {"type": "delay", "config": {"amount": {"$expr": "$event.a"}, "unit": "hours"}}, {"a": "soon"}, "delay_not_a_number", "/amount"),
    ("a delay of nothing known", {"type": "delay", "config": {"amount": {"$expr": "$event.a"}, "unit": "hours"}}, {}, "missing_value", ""),
    ("a delay of 1,000 years", {"type": "delay", "config": {"amount": {"$expr": "$event.a"}, "unit": "days"}}, {"a": 365000}, "wait_too_long", ""),
    ("a date that is none", {"type": "wait_until", "config": {"at": "$event.a"}}, {"a": "tomorrow"}, "instant_wrong", "/at"),
    ("a day that is none", {"type": "wait_until", "config": {"day": "$event.a", "time": "09:00"}}, {"a": "Monday"}, "instant_wrong", "/day"),
    ("a key that finds nothing", {"type": "deduplicate", "config": {"key": "$event.a"}}, {}, "key_wrong", "/key"),
    ("a key with a gap", {"type": "deduplicate", "config": {"key": "[$event.a, null]"}}, {"a": "x"}, "key_wrong", "/key"),
    ("amounts in two currencies", {"type": "assert", "config": {"left": '$money("1", "EUR")', "right": '$money("1", "GBP")', "message": "Wrong."}}, {}, "assertion_failed", "/left"),
    ("a condition that isn't so", {"type": "assert", "config": {"condition": "$event.a", "message": {"$expr": "$event.gone"}}}, {"a": False}, "assertion_failed", "/condition"),
    ("a binary number in a comparison", {"type": "assert", "config": {"left": "$event.a", "right": "$event.a", "message": "Wrong."}}, {"a": 0.1}, "not_decimal", "/left"),
    ("an item without an amount", {"type": "aggregate", "config": {"items": "$event.l", "fields": [{"name": "n", "operation": "sum", "value": "$item.net"}]}}, {"l": [{"net": "1"}, {}]}, "missing_value", "/fields/0/value"),
    ("binary numbers in a sum", {"type": "aggregate", "config": {"items": "$event.l", "fields": [{"name": "n", "operation": "sum", "value": "$item"}]}}, {"l": [0.1, 0.2]}, "binary_number", "/fields/0/value"),
    ("text among amounts", {"type": "aggregate", "config": {"items": "$event.l", "fields": [{"name": "n", "operation": "max", "value": "$item"}]}}, {"l": ["1", "b"]}, "not_decimal", "/fields/0/value"),
    ("mixed currencies in a sum", {"type": "aggregate", "config": {"items": "$event.l", "fields": [{"name": "n", "operation": "sum", "value": "$item"}]}}, {"l": [{"amount": "1", "currency": "EUR"}, {"amount": "1", "currency": "GBP"}]}, "mixed_currencies", "/fields/0/value"),
    ("an item without a group", {"type": "aggregate", "config": {"items": "$event.l", "key": "$item.k"}}, {"l": [{"k": "a"}, {}]}, "group_key_missing", "/key"),
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


def test_a_failed_assertion_shows_both_amounts() -> None:
    amounts = {
        "left": "$event.a",
        "right": "$event.b",
        "tolerance": "0.01",
        "message": "The lines don't add up.",
    }
    turn = run({"type": "assert", "config": amounts}, {"a": "100.00", "b": "99.98"})
    assert turn.failure is not None
    told = "The lines don't add up. One is 100.00, the other 99.98: 0.02 apart (0.01 is allowed)."
    assert turn.failure.sentence == told
    assert turn.failure.info["apart"] == "0.02"


def test_a_value_that_does_not_fit_is_told_place_by_place() -> None:
    schema = {"type": "object", "required": ["a", "b"], "properties": {"n": {"type": "integer"}}}
    turn = run({"type": "validate", "config": {"schema": schema}}, {"n": "x"})
    assert turn.failure is not None
    assert {one["pointer"] for one in turn.failure.info["findings"]} == {"/a", "/b", "/n"}
    for place in ("a: is missing.", "b: is missing.", "n: "):
        assert place in turn.failure.sentence


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
