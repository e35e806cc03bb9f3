"""request_write_marked and request_write_looked_up: what is sent, and how a lost answer is cured; placeholders."""

from typing import cast

import pytest

from connectors.sdk.errors import Config, Data, NotFound, OutcomeUnknown
from connectors.sdk.operation import Mark, Write
from connectors.sdk.registry import connector, operation
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Request

MARKED = cast(Write, operation("http.request_write_marked"))
LOOKED_UP = cast(Write, operation("http.request_write_looked_up"))
WRITE = cast(Write, operation("http.request_write"))
OTHER = Mark(token="9" * 16, guid="9" * 32)

ORDER: Json = {
    "path": "/shops/{{shop}}/orders",
    "query": {"notify": "{{notify}}"},
    "headers": {"X-Tenant": "{{shop}}"},
    "values": {"shop": "a/b", "notify": False, "order": {"number": 17, "lines": [{"sku": "X"}]}},
    "body": {"number": "{{order.number}}", "lines": "{{order.lines}}", "note": "No. {{order.number}}"},
}
LOOKUP: Json = {
    "path": "/orders",
    "query": {"number": "{{order.number}}"},
    "items_at": "/data",
    "equals": {"/number": "{{order.number}}"},
    "created_at": "/made",
}
BY_MARK: Json = {"path": "/orders", "query": {"ref": "{{mark}}"}, "equals": {"/ref": "{{mark}}"}}


def api() -> Replies:
    return Replies(connector("http"), {}, secrets={})


def prepared(write: Write, data: Json, mark: Mark = MARK) -> Request:
    validator_for(write.input).check(data)
    made = write.prepare(api().call(), data, mark)
    return Request.from_json(made.to_json())


def test_placeholders_are_filled_in_path_query_headers_and_body() -> None:
    request = prepared(WRITE, ORDER)
    assert request.path == "/shops/a%2Fb/orders"
    assert request.query == {"notify": False}
    assert request.headers == {"X-Tenant": "a/b"}
    assert request.json == {"number": 17, "lines": [{"sku": "X"}], "note": "No. 17"}


def test_without_values_braces_are_what_they_are() -> None:
    assert prepared(WRITE, {"path": "/x", "body": {"a": "{{b}}"}}).json == {"a": "{{b}}"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"path": "/orders/{{missing}}"}, "/path"),
        ({"path": "/orders/{{empty}}"}, "/path"),
        ({"path": "/orders/{{dots}}"}, "/path"),
        ({"body": {"lines": [{"a": "{{order.missing}}"}]}}, "/body/lines/0/a"),
        ({"body": {"note": "No. {{order}}"}}, "/body/note"),
        ({"query": {"q": "{{order.__class__}}"}}, "/query/q"),
    ],
)
def test_a_placeholder_that_cannot_be_filled_says_where(changes: Json, pointer: str) -> None:
    values = {"empty": "", "dots": "..", "order": {"number": 17}}
    with pytest.raises(Data) as caught:
        prepared(WRITE, {"path": "/x", "values": values, **changes})
    assert caught.value.pointer == pointer


def test_a_lost_answer_is_cured_by_the_look_up_that_was_described() -> None:
    request = prepared(LOOKED_UP, {**ORDER, "lookup": LOOKUP})
    assert LOOKED_UP.find is not None
    far = api().lost("POST", request.path)
    with pytest.raises(OutcomeUnknown):
        far.call().send(request)
    records = [{"id": 5, "number": "17", "made": "2026-11-22T07:00:00Z"}, {"id": 6, "number": 18}]
    far.on("GET", "/orders", query={"number": "17"}, json={"data": records})
    (match,) = LOOKED_UP.find(far.call(), request, MARK)
    assert (match.far_id, match.created_at, match.matched_by) == ("5", "2026-11-22T07:00:00Z", "/number")
    validator_for(LOOKED_UP.output).check(match.output)
    assert match.output["body"] == records[0]


def test_nothing_found_is_nothing() -> None:
    request = prepared(LOOKED_UP, {**ORDER, "lookup": LOOKUP})
    assert LOOKED_UP.find is not None
    assert LOOKED_UP.find(api().on("GET", "/orders", json={"data": []}).call(), request, MARK) == []


@pytest.mark.parametrize("answer", [{"data": {}}, {"data": [{"number": 17}]}])
def test_a_look_up_that_was_described_wrongly_says_so(answer: Json) -> None:
    request = prepared(LOOKED_UP, {**ORDER, "lookup": LOOKUP})
    assert LOOKED_UP.find is not None
    with pytest.raises(Config) as caught:
        LOOKED_UP.find(api().on("GET", "/orders", json=answer).call(), request, MARK)
    assert caught.value.pointer in {"/lookup/items_at", "/lookup/id_at"}


def test_a_look_up_that_is_refused_stays_a_failure() -> None:
    request = prepared(LOOKED_UP, {**ORDER, "lookup": LOOKUP})
    assert LOOKED_UP.find is not None
    with pytest.raises(NotFound):
        LOOKED_UP.find(api().on("GET", "/orders", status=404).call(), request, MARK)


def test_a_mark_is_stamped_found_by_and_left_out_of_the_content() -> None:
    data = {"path": "/orders", "body": {"ref": "{{mark}}", "n": 1}, "lookup": BY_MARK}
    request = prepared(MARKED, data)
    assert request.json == {"ref": MARK.token, "n": 1}
    other = prepared(MARKED, data, OTHER)
    assert (
        MARKED.unmarked(request)
        == MARKED.unmarked(other)
        != MARKED.unmarked(prepared(WRITE, {"path": "/orders"}))
    )
    found = [{"id": "a", "ref": MARK.token}, {"id": "b", "ref": OTHER.token}]
    assert MARKED.find is not None
    far = api().on("GET", "/orders", query={"ref": MARK.token}, json=found)
    assert [one.far_id for one in MARKED.find(far.call(), request, MARK)] == ["a"]


@pytest.mark.parametrize(
    "changes", [{"body": {"n": 1}}, {"lookup": {"path": "/orders", "equals": {"/n": 1}}}]
)
def test_a_mark_that_is_nowhere_is_refused_before_anything_is_sent(changes: Json) -> None:
    with pytest.raises(Config, match="mark"):
        prepared(MARKED, {"path": "/orders", "body": {"ref": "{{guid}}"}, "lookup": BY_MARK, **changes})


def test_each_states_its_strategy() -> None:
    assert (MARKED.idempotency.strategy, LOOKED_UP.idempotency.strategy) == ("marker", "lookup")
