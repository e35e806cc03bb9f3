"""request_list: each kind of paging, page by page and all at once, and where it ends or fails."""

from typing import cast

import pytest

from connectors.sdk.account import Account, Secrets
from connectors.sdk.errors import Auth, Config, Data, Failure, NotFound, RateLimited, Transient
from connectors.sdk.operation import Pages, Read
from connectors.sdk.registry import connector, operation
from connectors.sdk.session import open_call
from connectors.sdk.testing import Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json
from tests.connectors.far import FarServer, answer

LIST = cast(Read, operation("http.request_list"))
PAGES = cast(Pages, LIST.pages)


def api() -> Replies:
    return Replies(connector("http"), {}, secrets={})


def read(far: Replies, **data: Json) -> Json:
    asked = {"path": "/orders", **data}
    validator_for(LIST.input).check(asked)
    output = LIST.run(far.call(), asked)
    validator_for(LIST.output).check(output)
    return output["items"]


def test_by_page_number_until_a_page_is_empty() -> None:
    far = api()
    for page, found in (("1", [1, 2]), ("2", [3]), ("3", [])):
        far.on("GET", "/orders", query={"page": page, "limit": "2", "open": "true"}, json={"data": found})
    asked = {"paging": "page", "items_at": "/data", "size_parameter": "limit", "size": 2}
    with far:
        assert read(far, **asked, query={"open": "true"}) == [1, 2, 3]


def test_by_page_number_an_api_that_gives_less_than_asked_is_read_to_its_end() -> None:
    far = (
        api()
        .on("GET", "/orders", query={"p": "0"}, json=[1])
        .on("GET", "/orders", query={"p": "1"}, json=[2])
    )
    with far.on("GET", "/orders", query={"p": "2"}, status=404):
        found = read(far, paging="page", page_parameter="p", first_page=0, size_parameter="n", size=50)
    assert found == [1, 2]


def test_by_page_number_an_api_that_repeats_its_last_page_ends_there() -> None:
    far = api().on("GET", "/orders", json=[1]).on("GET", "/orders", json=[2]).on("GET", "/orders", json=[2])
    with far:
        assert read(far, paging="page") == [1, 2]


def test_by_page_number_the_answer_may_say_that_there_is_no_more() -> None:
    with api().on("GET", "/orders", json={"items": [1], "more": False}) as far:
        assert read(far, paging="page", items_at="/items", more_at="/more") == [1]


def test_by_offset_it_goes_on_after_what_came() -> None:
    far = api()
    for offset, found in (("0", [1, 2, 3]), ("3", [4]), ("4", [])):
        far.on("GET", "/orders", query={"offset": offset}, json=found)
    with far:
        assert read(far, paging="offset") == [1, 2, 3, 4]


def test_by_cursor_until_there_is_none() -> None:
    far = api().on("GET", "/orders", json={"rows": [1], "meta": {"after": "c/2"}})
    far.on("GET", "/orders", query={"after": "c/2"}, json={"rows": [2], "meta": {"after": None}})
    with far:
        asked = {"paging": "cursor", "items_at": "/rows", "next_at": "/meta/after", "page_parameter": "after"}
        assert read(far, **asked) == [1, 2]
    assert "after" not in far.sent[0].query


@pytest.mark.parametrize(
    "link",
    [
        '<https://far.test/orders?page=2>; rel="next", <https://far.test/orders?page=9>; rel="last"',
        '<https://far.test/orders?page=1>; rel="prev first", <https://far.test/orders?page=2>; title="a, b"; rel=next',
    ],
)
def test_by_the_link_header_with_the_headers_of_the_first_page(link: str) -> None:
    far = api().on("GET", "/orders", query={"open": "1"}, json=[1], headers={"link": link})
    far.on(
        "GET", "https://far.test/orders", query={"page": "2"}, json=[2], headers={"link": '<x>; rel="prev"'}
    )
    with far:
        assert read(far, paging="link", query={"open": "1"}, headers={"X-Tenant": "t1"}) == [1, 2]
    assert [dict(one.headers) for one in far.sent] == [{"X-Tenant": "t1"}] * 2


@pytest.mark.parametrize("link", ["/orders?page=2", "?page=2", "orders?page=2", "./orders?page=2"])
def test_by_the_next_pages_address_in_the_answer(link: str) -> None:
    far = api().on("GET", "/orders", query={"a": "1"}, json={"results": [1], "next": link})
    far.on("GET", "/orders", query={"page": "2"}, json={"results": [2], "next": None})
    with far:
        assert read(far, paging="next_url", items_at="/results", query={"a": "1"}) == [1, 2]


def test_page_by_page_it_goes_on_from_what_the_page_before_gave() -> None:
    far = api().on("GET", "/orders", query={"page": "7"}, json=[5])
    portion = PAGES.read(far.call(), {"path": "/orders", "paging": "page"}, {"page": 7, "seen": "x"})
    assert (portion.items, portion.following["page"]) == ([5], 8)


def test_a_list_that_goes_on_elsewhere_is_not_followed_there() -> None:
    body = b'{"items": [1], "next": "http://127.0.0.1:9/api/orders?page=2"}'
    with FarServer(lambda line, _request: line.sendall(answer(body))) as far:
        account = Account("lists", far.url, "none", Secrets({}), {}, "sandbox", 5.0)
        call = open_call(connector("http"), account, lambda _exchange: None)
        with pytest.raises(Config, match="another address"):
            LIST.run(call, {"path": "/orders", "paging": "next_url", "items_at": "/items"})
    assert len(far.requests) == 1


def test_a_whole_address_below_the_base_url_is_followed() -> None:
    bodies: list[bytes] = []
    with FarServer(lambda line, _request: line.sendall(answer(bodies.pop(0)))) as far:
        bodies += [f'{{"items": [1], "next": "{far.url}/orders?page=2&q=%20"}}'.encode(), b'{"items": [2]}']
        account = Account("lists-below", far.url, "none", Secrets({}), {}, "sandbox", 5.0)
        call = open_call(connector("http"), account, lambda _exchange: None)
        assert LIST.run(call, {"path": "/orders", "paging": "next_url", "items_at": "/items"}) == {
            "items": [1, 2]
        }
    assert far.requests[1].startswith(b"GET /api/orders?page=2&q=%20 HTTP/1.1")


@pytest.mark.parametrize(
    ("kind", "body"), [("cursor", {"d": [1], "next_cursor": "c"}), ("next_url", {"d": [1], "next": "/o"})]
)
def test_a_list_that_goes_on_where_it_is_has_no_end(kind: str, body: Json) -> None:
    far = api().on("GET", "/orders", json=body).on("GET", "/orders" if kind == "cursor" else "/o", json=body)
    with pytest.raises(Transient) as caught:
        read(far, paging=kind, items_at="/d")
    assert caught.value.code == "endless_list"


@pytest.mark.parametrize("body", [{"data": {}}, {}, "text"])
def test_an_answer_without_the_list_says_where_it_was_sought(body: Json) -> None:
    with pytest.raises(Data, match="/data"):
        read(api().on("GET", "/orders", json=body), paging="page", items_at="/data")


REFUSALS: list[tuple[int, type[Failure]]] = [
    (400, Data),
    (401, Auth),
    (403, Config),
    (404, NotFound),
    (429, RateLimited),
    (503, Transient),
]


@pytest.mark.parametrize(("status", "failure"), REFUSALS)
@pytest.mark.parametrize("kind", ["page", "offset", "cursor", "link", "next_url"])
def test_each_refusal_is_told_whatever_the_paging(kind: str, status: int, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        read(api().on("GET", "/orders", status=status), paging=kind)
