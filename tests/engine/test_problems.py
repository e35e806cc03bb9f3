"""Every problem the compiler can find, each with its place (`problems.json`), and flows that are rightly without any."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sdk.wire import Json
from integrations.engine.compiler import compile_flow
from integrations.engine.limits import Limits
from integrations.engine.problem import Problem
from tests.engine.workbench import catalog, flow

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CASES: list[dict[str, Any]] = json.loads((HERE / "problems.json").read_text())


def problems_of(case: dict[str, Any]) -> tuple[Problem, ...]:
    settings = {"settings": case["settings"]} if "settings" in case else {}
    document = flow(case["nodes"], *case["edges"], **settings)
    known = replace(catalog(), flows={"test-flow": document, **case.get("flows", {})})
    return compile_flow(document, known, Limits(**case.get("limits", {}))).problems


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['code']}: {case['why']}")
def test_a_problem_is_found_with_its_place_and_no_other(case: dict[str, Any]) -> None:
    found = problems_of(case)
    assert {problem.code for problem in found} == {case["code"]}
    problem = found[0]
    assert (problem.node, problem.pointer) == (case["node"], case["pointer"])
    assert problem.severity == case.get("severity", "error")
    assert problem.params | case.get("params", {}) == problem.params
    assert re.fullmatch(r"[A-Z$\"(*'\[\d].*[.)]", problem.message, re.DOTALL), problem.message
    json.dumps(problem.to_json())


def test_every_code_in_the_source_has_a_case() -> None:
    sources = [*(ROOT / "integrations/engine").glob("*.py"), *(ROOT / "integrations/nodes").glob("*.py")]
    said = re.compile(r'(?:\.add|_report|Problem|Broken)\(\s*"([a-z_]+)"')
    known = {code for source in sources for code in said.findall(source.read_text())}
    assert len(known) > 40
    assert known == {case["code"] for case in CASES}


def test_all_problems_come_at_once() -> None:
    nodes: dict[str, Json] = {
        "start": {"type": "trigger", "config": {"kind": "manual"}},
        "ask": {"type": "call", "config": {"operation": "crm.dance"}},
        "ok": {"type": "filter", "config": {"condition": "$evnt.x = "}},
        "make": {"type": "call", "slot": "s", "config": {"operation": "ledger.create_invoice", "input": {}}},
    }
    found = compile_flow(flow(nodes, "start -> ask", "ask -> ok", "ok -> make", "make -> gone"), catalog())
    assert found.plan is None
    assert {problem.code for problem in found.problems} == {
        "operation_unknown",
        "expression_syntax",
        "input_missing",
        "identity_missing",
        "edge_dangling",
    }


def test_a_document_nested_without_end_is_refused() -> None:
    config: Json = {}
    for _ in range(5000):
        config = {"a": config}
    found = compile_flow(flow({"start": {"type": "trigger", "config": config}}), catalog())
    assert [problem.code for problem in found.problems] == ["too_deep"]


RIGHT = [
    ("a path", "$event.total"),
    ("a path with a filter", "$event.lines[sku = $event.sku].net"),
    ("the first of several", "$event.lines.net[0]"),
    ("a choice", '$event.big ? $event.a : "0"'),
    ("the first there is", "$event.a ?? $event.b"),
    ("a decimal function", "$roundMoney($mul($event.q, $event.p), 2)"),
    ("a sum over lines", "$sumDecimal($event.lines.$mul(q, p))"),
    ("a sum over a mapped list", "$sumDecimal($map($event.lines, function($l) { $mul($l.q, $l.p) }))"),
    ("money's amount", "$sumMoney($event.parts).amount"),
    ("a table's value", '$lookupTable("prices", $event.sku, "price")'),
    ("a variable bound before", "($net := $mul($event.q, $event.p); $roundMoney($net, 2))"),
    ("a count made a decimal", "$decimal($count($event.lines))"),
    ("a failure on the other side", '$exists($event.a) ? $event.a : $missing("/total")'),
    ("nothing on the other side", "$event.big ? $event.a : null"),
]


@pytest.mark.parametrize(("why", "source"), RIGHT, ids=[why for why, _ in RIGHT])
def test_these_may_feed_a_decimal_field(why: str, source: str) -> None:
    invoice = {"operation": "ledger.create_invoice", "input": {"customer": why, "total": {"$expr": source}}}
    nodes: dict[str, Json] = {
        "start": {"type": "trigger", "config": {"kind": "manual", "business_key": "$event.key"}},
        "make": {"type": "call", "slot": "ledger", "config": invoice},
    }
    assert compile_flow(flow(nodes, "start -> make"), catalog()).problems == ()


def test_an_expression_over_decimals_may_still_join_compare_to_null_and_count() -> None:
    fields = {
        "text": {"$expr": '"Total: " & $steps.deal.amount'},
        "known": {"$expr": "$steps.deal.amount != null"},
        "many": {"$expr": "$count($steps.deal.lines.quantity)"},
        "less": {"$expr": '$cmp($steps.deal.amount, "10") < 0'},
        "sorted": {"$expr": "$sort($steps.deal.lines, function($a, $b) { $cmp($a.price, $b.price) > 0 })"},
    }
    nodes: dict[str, Json] = {
        "start": {"type": "trigger", "config": {"kind": "manual"}},
        "deal": {
            "type": "call",
            "slot": "crm",
            "config": {"operation": "crm.get_deal", "input": {"key": "D"}},
        },
        "shape": {"type": "map", "config": {"fields": fields}},
    }
    assert compile_flow(flow(nodes, "start -> deal", "deal -> shape"), catalog()).problems == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYWORDS = st.sampled_from(
    ["operation", "input", "fields", "condition", "cases", "items", "key", "once_per", "mapping"]
)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["trigger", "call", "map", "filter", "branch", "for_each", "merge", "stop"]),
    st.dictionaries(KEYWORDS, JSON, max_size=3),
)
def test_no_configuration_makes_the_compiler_fail(kind: str, config: dict[str, Json]) -> None:
    nodes: dict[str, Json] = {
        "start": {"type": "trigger", "config": {"kind": "manual"}},
        "it": {"type": kind, "slot": "crm", "config": config},
    }
    compile_flow(flow(nodes, "start -> it"), catalog())
