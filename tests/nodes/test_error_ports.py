"""Every step that can fail has an error port, containers too, and what passes through one is told the same way."""

from typing import Any

import pytest

from connectors.sdk.wire import Json
from integrations.engine.executor import Given, advance
from integrations.engine.limits import LIMITS, Limits
from integrations.engine.memory import MemoryJournal
from integrations.engine.outcome import Finished, Parked
from tests.engine.workbench import Scripted, catalog, flow, planned
from tests.nodes.test_failures_of_nodes import FAILURES, START
from tests.nodes.test_node_types import NODES

MERGE: Json = {"type": "merge"}
FAILING: Json = {"type": "stop", "config": {"result": "failed", "message": "No."}}
LOOP: Json = {"items": "$event.l"}
LONG: Json = {"items": f"[1..{LIMITS.items + 1}]"}


def holding(kind: str, inner: Json, **config: Json) -> Json:
    return {"type": kind, "config": config, "body": {"nodes": {"inner": inner}, "edges": {}}}


MORE: list[tuple[str, Json, Json, str]] = [
    ("a map", {"type": "map", "config": {"fields": {"a": {"$expr": "$event.gone"}}}}, {}, "missing_value"),
    ("a branch", {"type": "branch", "config": {"cases": [{"name": "a", "condition": "1"}]}}, {}, "condition_not_boolean"),
    ("a stop", FAILING, {}, "stopped"),
    ("a batch", {"type": "batch", "config": {"items": "$error(\"no\")", "size": 2}}, {}, "expression_failed"),
    ("a validation", {"type": "validate", "config": {"schema": {"required": ["a"]}}}, {}, "invalid"),
    ("a result", {"type": "result", "config": {"fields": {"a": {"$expr": "$event.gone"}}}}, {}, "missing_value"),
    ("a result that doesn't fit", {"type": "result", "config": {"fields": {"a": {"$expr": "$event.n"}}, "output": {"properties": {"a": {"type": "string"}}}}}, {"n": 1}, "invalid"),
    ("a loop of too many items", holding("for_each", MERGE, **LONG), {}, "limit"),
    ("an item of a loop", holding("for_each", FAILING, **LOOP), {"l": [1, 2]}, "stopped"),
    ("items side by side", holding("for_each", FAILING, **LOOP, at_once=2), {"l": [1, 2]}, "stopped"),
    ("a loop in a try", holding("try_scope", {**holding("for_each", MERGE, items="$event.l", key="$item.gone"), "body": {"nodes": {"deep": MERGE}, "edges": {}}}), {"l": [{}]}, "loop_key_empty"),
    ("a step in a try", holding("try_scope", FAILING), {}, "stopped"),
]  # fmt: skip


def ended(node: Json, event: Json, **script: Any) -> MemoryJournal:
    plan = planned(flow({"start": START, "it": node, "told": MERGE}, "start -> it", "it.error -> told"))
    journal = MemoryJournal()
    turn = advance(plan, journal, Scripted(**script), Given(event, catalog()))
    assert isinstance(turn, Finished)
    return journal


@pytest.mark.parametrize(
    ("node", "event", "code"),
    [*((row[1], row[2], row[3]) for row in FAILURES), *((row[1], row[2], row[3]) for row in MORE)],
    ids=[row[0] for row in [*FAILURES, *MORE]],
)
def test_what_fails_leaves_by_the_error_port(node: Json, event: Json, code: str) -> None:
    journal = ended(node, event)
    entry = journal.entries["it"]
    assert (entry.state, entry.port) == ("done", "error")
    error = journal.entries["told"].output["error"]
    assert error["code"] == code
    assert error["message"].endswith((".", ". And 1 more."))
    assert {"kind", "code", "message", "pointer"} <= set(error)


def test_every_type_that_can_fail_by_itself_was_tried() -> None:
    tried = {node["type"] for node in [*(row[1] for row in FAILURES), *(row[1] for row in MORE)]}
    cannot = {"trigger", "merge", "approval", "sub_flow"}  # the last two are tried by cases in tests/flows
    assert tried == set(NODES) - cannot


@pytest.mark.parametrize("kind", ["for_each", "try_scope"])
def test_a_container_can_go_on_with_a_default(kind: str) -> None:
    config = LOOP if kind == "for_each" else {}
    node = {**holding(kind, FAILING, **config), "on_error": {"action": "continue", "default": [0]}}
    plan = planned(flow({"start": START, "it": node, "after": MERGE}, "start -> it", "it -> after"))
    journal = MemoryJournal()
    assert isinstance(advance(plan, journal, Scripted(), Given({"l": [1]}, catalog())), Finished)
    assert journal.entries["after"].output == [0]


def test_a_try_told_to_park_parks() -> None:
    node = {**holding("try_scope", FAILING), "on_error": {"action": "park"}}
    plan = planned(flow({"start": START, "it": node}, "start -> it"))
    turn = advance(plan, MemoryJournal(), Scripted(), Given({}, catalog()))
    assert isinstance(turn, Parked)
    assert turn.path == "it/inner"


def test_each_step_inside_retries_by_its_own_policy() -> None:
    ask: Json = {
        "type": "call",
        "slot": "crm",
        "config": {"operation": "crm.find_person"},
        "retry": {"attempts": 3, "first": 7.0, "factor": 1},
    }
    plan = planned(flow({"start": START, "it": holding("for_each", ask, **LOOP)}, "start -> it"))
    journal = MemoryJournal()
    context = Scripted({"it[0]/inner": {"fails": "Transient"}})
    turns = [advance(plan, journal, context, Given({"l": [1]}, catalog())) for _ in range(3)]
    assert [(turn.reason, turn.after) for turn in turns if isinstance(turn, Parked)] == [
        ("retry", 7.0),
        ("retry", 7.0),
        ("person", None),
    ]


def test_steps_of_all_threads_count_together() -> None:
    node = holding("for_each", MERGE, items="[1..100]", at_once=4)
    plan = planned(flow({"start": START, "it": node}, "start -> it"))
    turn = advance(plan, MemoryJournal(), Scripted(), Given({}, catalog(), limits=Limits(steps=50)))
    assert isinstance(turn, Parked)
    assert turn.failure is not None
    assert turn.failure.code == "limit"
