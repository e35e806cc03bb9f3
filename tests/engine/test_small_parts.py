"""Paths, retries, digests, plans as JSON, sizes and numbers: the engine's small parts."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.errors import Auth, Data, Failure, NotFound, OutcomeUnknown, RateLimited, Transient
from connectors.sdk.wire import Json
from integrations.engine.compiler import graph_schema
from integrations.engine.expressions.numbers import exact, load
from integrations.engine.failing import as_json, outcome_of
from integrations.engine.graph import digest, normalise
from integrations.engine.limits import Limits
from integrations.engine.measure import json_size, measured, nesting
from integrations.engine.outcome import Fail, Retry
from integrations.engine.path import Segment, inside, join, parse
from integrations.engine.plan import RetryPolicy
from integrations.engine.plan_codec import plan_from_json, plan_to_json
from integrations.engine.retry import delay, exhausted, steady
from tests.engine.test_flows import FLOWS, case, plan_of
from tests.engine.workbench import flow

NODE_IDS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@given(st.lists(st.tuples(NODE_IDS, st.text(min_size=1, max_size=12)), max_size=3), NODE_IDS)
def test_a_path_says_again_what_it_was_made_of(loops: list[tuple[str, str]], last: str) -> None:
    prefix = ""
    for node, key in loops:
        prefix = inside(join(prefix, node), key)
    assert parse(join(prefix, last)) == (*(Segment(node, key) for node, key in loops), Segment(last))


def test_a_path_reads_like_one() -> None:
    assert join(inside("each_line", "SKU-1"), "create") == "each_line[SKU-1]/create"
    assert inside("each", "a/b]") == "each[a%2Fb%5D]"


def test_the_wait_doubles_up_to_the_longest_and_the_far_system_may_ask_for_more() -> None:
    policy = RetryPolicy(attempts=8, first=2, factor=2, longest=60, jitter=0)
    assert [delay(policy, spent, steady) for spent in range(1, 8)] == [2, 4, 8, 16, 32, 60, 60]
    assert delay(policy, 1, steady, at_least=90) == 90
    assert delay(policy, 10_000, steady) == 60
    assert not exhausted(policy, 7)
    assert exhausted(policy, 8)


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_within_its_share(spent: int, chance: float) -> None:
    policy = RetryPolicy(first=10, factor=1, jitter=0.2)
    assert 8 <= delay(policy, spent, lambda: chance) <= 12


OUTCOMES: list[tuple[Failure, int, str]] = [
    (Transient("x"), 0, "retry"),
    (Transient("x"), 6, "retry"),
    (Transient("x"), 7, "person"),
    (RateLimited("x", retry_after=5), 7, "rate"),
    (Auth("x"), 0, "reconnect"),
    (Data("x"), 0, "person"),
    (NotFound("x"), 0, "person"),
    (OutcomeUnknown("x"), 0, "person"),
]


@pytest.mark.parametrize(("failure", "spent", "reason"), OUTCOMES, ids=str)
def test_a_failure_becomes_an_outcome_by_its_class(failure: Failure, spent: int, reason: str) -> None:
    outcome = outcome_of(failure, RetryPolicy(), spent, steady)
    assert isinstance(outcome, Retry if reason in ("retry", "rate") else Fail)
    assert outcome.reason == reason
    assert outcome.failure is failure
    if isinstance(outcome, Retry):
        assert outcome.counts is (reason == "retry")


def test_what_an_error_port_gives_never_shows_the_detail_for_the_log() -> None:
    assert "secret" not in json.dumps(as_json(Data("Wrong.", detail="secret", pointer="/a")))


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_a_plan_survives_storage_exactly(file: Any) -> None:
    plan = plan_of(case(file))
    stored = json.loads(json.dumps(plan_to_json(plan)))
    assert plan_from_json(stored) == plan
    assert plan_to_json(plan_from_json(stored)) == stored == plan.to_json()


def test_a_plan_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 2"):
        plan_from_json({"format": 2})


def test_the_digest_counts_meaning_and_nothing_else() -> None:
    nodes: dict[str, Json] = {"a": {"type": "map", "config": {"fields": {}}}, "b": {"type": "merge"}}
    one = flow(nodes, "a -> b")
    same = flow(
        dict(reversed(nodes.items())), "a -> b", layout={"nodes": {"a": {"x": 1, "y": 2}}}, settings={}
    )
    spelled = flow(
        {"a": {**nodes["a"], "version": 1, "name": "a", "disabled": False}, "b": nodes["b"]}, "a -> b"
    )
    other = flow({"a": {"type": "map", "config": {"fields": {"x": 1}}}, "b": {"type": "merge"}}, "a -> b")
    renamed = flow({"a": {**nodes["a"], "name": "A"}, "b": nodes["b"]}, "a -> b")
    assert digest(one) == digest(same) == digest(spelled)
    assert len({digest(one), digest(other), digest(renamed)}) == 3


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_normalising_twice_changes_nothing(file: Any) -> None:
    graph = case(file)["graph"]
    once = normalise(graph)
    assert normalise(once) == once
    assert digest(once) == digest(graph)


def test_the_schema_of_flows_describes_every_field() -> None:
    schema = graph_schema()
    assert schema["properties"]["format"] == {"const": 1}
    assert set(schema["$defs"]["node"]["properties"]) >= {
        "type",
        "config",
        "slot",
        "on_error",
        "retry",
        "body",
    }


def test_an_output_over_the_limit_is_a_clear_failure() -> None:
    assert json_size({"a": 2**70}) == len('{"a":1180591620717411303424}')
    measured("x" * 98, Limits(output=100))
    with pytest.raises(Data, match="limit for bytes of one step's output is 100") as caught:
        measured("x" * 99, Limits(output=100))
    assert caught.value.code == "limit"


def test_an_output_nested_too_deep_is_a_clear_failure() -> None:
    deep: Json = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(Data, match="levels of one step's output"):
        measured(deep, Limits())
    assert nesting({"a": [1, {"b": []}]}) == 4
    assert nesting(1) == 0


NUMBERS: list[tuple[str, Json]] = [
    ("10.00", 10.0),
    ("0.1", 0.1),
    ("30.095", 30.095),
    ("9007199254740992", 9007199254740992),
    ("9007199254740993", "9007199254740993"),
    ("0.12345678901234567890", "0.12345678901234567890"),
    ("1e400", "1e400"),
    ("-5", -5),
]


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_a_number_stays_one_only_when_a_double_holds_it(text: str, value: Json) -> None:
    loaded = load(f'{{"n": [{text}]}}')["n"][0]
    assert loaded == value
    assert type(loaded) is type(value)
    walked = exact({"n": [Decimal(text)]})["n"][0]
    assert type(walked) is type(value)
    assert Decimal(walked) == Decimal(value)


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "{", "", "[1,]"])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(Data) as caught:
        load(text)
    assert caught.value.code == "not_json"


def test_values_that_are_no_numbers_stay_as_they_are() -> None:
    value = {"a": [True, None, "1", {"b": 2.5}]}
    assert exact(value) == value
    with pytest.raises(Data):
        exact(Decimal("NaN"))
