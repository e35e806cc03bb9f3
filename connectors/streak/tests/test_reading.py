"""get_box, list_boxes, find_boxes, get_contact, get_organization and the lists of a pipeline, in every shape Streak gives."""

import pytest

from connectors.sdk.errors import Auth, Config, Data, Failure, NotFound, RateLimited, Transient
from connectors.sdk.operation import Read
from connectors.sdk.registry import operation
from connectors.sdk.testing import Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json
from connectors.streak.tests.far import BOX, FIELDS, PIPELINES, streak, with_pipeline


def read(name: str, far: Replies, data: Json) -> Json:
    """Run a reading operation as the runtime does: checked input, checked output."""
    found = operation(f"streak.{name}")
    assert isinstance(found, Read)
    validator_for(found.input).check(data)
    output = found.run(far.call(), data)
    validator_for(found.output).check(output)
    return output


def test_get_box_gives_names_days_and_exact_lines() -> None:
    with with_pipeline(streak()).on("GET", "/v1/boxes/agxBOX1", json=BOX) as far:
        box = read("get_box", far, {"box_key": "agxBOX1"})
    assert box["stage"] == {"key": "5003", "name": "Closed-Won"}
    assert box["fields"] == {
        "Amount": "12500",
        "Close date": "2023-12-14",
        "Terms": "Net 30",
        "Segment": ["vip"],
        "Paid": True,
        "Line items": BOX["fields"]["1006"],
        "Sage invoice": None,
        "Score": None,
        "Amount (1009)": None,
    }
    assert box["lines"] == [
        {
            "sku": "CHAIR-01",
            "description": "Chair",
            "category": "furniture",
            "tax": "std",
            "quantity": "40",
            "unit_price": "30.0950",
        }
    ]
    assert (box["contact_keys"], box["organization_keys"]) == (["agxCONT1", "agxCONT2"], ["agxORG1"])
    assert (box["won_at"], box["updated_at"]) == ("2023-11-14T22:28:20Z", "2023-11-14T22:30:00Z")
    assert box["position"] == "1700001000100"
    assert box["assigned_to"] == [{"email": "ana@example.test", "name": "Ana Ruiz"}]


def test_get_box_takes_a_date_in_the_connections_time_zone() -> None:
    late = {**BOX, "fields": {"1002": 1702508400000}}  # 2023-12-13 23:00 UTC
    for zone, day in (("UTC", "2023-12-13"), ("Europe/Berlin", "2023-12-14")):
        with with_pipeline(streak(time_zone=zone)).on("GET", "/v1/boxes/agxBOX1", json=late) as far:
            assert read("get_box", far, {"box_key": "agxBOX1"})["fields"]["Close date"] == day


def test_get_box_asks_again_for_a_field_it_does_not_know() -> None:
    newer = [*FIELDS, {"key": "1010", "name": "Region", "type": "TEXT_INPUT"}]
    with with_pipeline(streak()).on(
        "GET", "/v1/boxes/agxBOX1", json={**BOX, "fields": {"1010": "North"}}
    ) as far:
        far.on("GET", "/v1/pipelines/agxPIPE1/fields", json=newer)
        assert read("get_box", far, {"box_key": "agxBOX1"})["fields"]["Region"] == "North"


LINES_WRONG = {
    "not json": "40 chairs",
    "not a list": '{"sku": "A"}',
    "no quantity": '[{"sku": "A", "unit_price": "1"}]',
    "a price in words": '[{"sku": "A", "quantity": 1, "unit_price": "ten"}]',
    "a line that is no object": "[1]",
}


@pytest.mark.parametrize("text", LINES_WRONG.values(), ids=list(LINES_WRONG))
def test_line_items_that_cannot_be_read_are_a_fault_of_the_record(text: str) -> None:
    box = {**BOX, "fields": {"1006": text}}
    far = with_pipeline(streak()).on("GET", "/v1/boxes/agxBOX1", json=box)
    with pytest.raises(Data) as caught:
        read("get_box", far, {"box_key": "agxBOX1"})
    assert caught.value.pointer == "/lines_field"


@pytest.mark.parametrize("text", ["", "  ", "[]", '{"version": 1, "lines": []}', None])
def test_no_line_items_are_an_empty_list(text: str | None) -> None:
    far = with_pipeline(streak()).on("GET", "/v1/boxes/agxBOX1", json={**BOX, "fields": {"1006": text}})
    assert read("get_box", far, {"box_key": "agxBOX1"})["lines"] == []


REFUSALS: list[tuple[int, Json, type[Failure], str]] = [
    (400, {"error": "Invalid API path specified", "success": False}, NotFound, "not_found"),
    (400, {"success": False}, NotFound, "not_found"),
    (400, {"success": False, "error": "Invalid box key"}, NotFound, "not_found"),
    (400, {"error": "Missing parameters", "success": False}, Data, "refused"),
    (404, None, NotFound, "not_found"),
    (200, None, NotFound, "not_found"),
    (429, {"error": "slow down"}, RateLimited, "rate_limited"),
    (500, None, Transient, "http_500"),
    (503, None, Transient, "http_503"),
]


@pytest.mark.parametrize(("status", "body", "failure", "code"), REFUSALS)
def test_each_refusal_means_what_streak_means_by_it(
    status: int, body: Json, failure: type[Failure], code: str
) -> None:
    far = streak().on("GET", "/v1/boxes/agxBOX1", status=status, json=body)
    with pytest.raises(failure) as caught:
        read("get_box", far, {"box_key": "agxBOX1"})
    assert caught.value.code == code


def test_a_401_about_one_record_does_not_end_the_sign_in() -> None:
    with streak().on("GET", "/v1/boxes/agxBOX1", status=401, json={"error": "no access"}) as far:
        far.on("GET", "/v1/users/me", json={"key": "agxUSER1"})
        with pytest.raises(Config) as caught:
            read("get_box", far, {"box_key": "agxBOX1"})
    assert caught.value.code == "no_access"


def test_a_401_of_the_key_itself_ends_the_sign_in() -> None:
    refused: Json = {"success": False, "error": "invalid api key"}
    with streak().on("GET", "/v1/boxes/agxBOX1", status=401, json=refused) as far:
        far.on("GET", "/v1/users/me", status=401, json=refused)
        with pytest.raises(Auth):
            read("get_box", far, {"box_key": "agxBOX1"})


def test_a_401_is_put_off_when_nobody_can_say_what_it_means() -> None:
    with streak().on("GET", "/v1/boxes/agxBOX1", status=401) as far:
        far.on("GET", "/v1/users/me", status=503)
        with pytest.raises(Transient):
            read("get_box", far, {"box_key": "agxBOX1"})


@pytest.mark.parametrize("wrapped", [False, True], ids=["a bare array", "a page object"])
def test_list_boxes_pages_until_the_list_ends(*, wrapped: bool) -> None:
    def page(boxes: list[Json], *, more: bool) -> Json:
        return {"results": boxes, "hasNextPage": more} if wrapped else boxes

    boxes = [
        {**BOX, "key": f"agxBOX{number}", "lastUpdatedTimestamp": 1700000000000 - number}
        for number in range(130)
    ]
    with with_pipeline(streak()).on("GET", "/v1/pipelines", json=PIPELINES) as far:
        path = "/v1/pipelines/agxPIPE1/boxes"
        first = {"page": "0", "sortBy": "lastUpdatedTimestamp"}
        far.on("GET", path, query=first, json=page(boxes[:100], more=True))
        far.on("GET", path, query={"page": "1"}, json=page(boxes[100:], more=False))
        found = read("list_boxes", far, {"pipeline": "Deals", "limit": 1000})["boxes"]
    assert [box["key"] for box in found] == [box["key"] for box in boxes]


def test_list_boxes_stops_at_what_is_older_than_asked_for() -> None:
    boxes = [
        {**BOX, "key": f"agxBOX{number}", "lastUpdatedTimestamp": 1700000000000 - number * 1000}
        for number in range(3)
    ]
    with with_pipeline(streak()).on("GET", "/v1/pipelines", json=PIPELINES) as far:
        far.on("GET", "/v1/pipelines/agxPIPE1/boxes", query={"stageKey": "5002"}, json=boxes)
        data = {"pipeline": "agxPIPE1", "stage": "Quoted", "updated_since": "2023-11-14T22:13:19Z"}
        assert [box["key"] for box in read("list_boxes", far, data)["boxes"]] == ["agxBOX0", "agxBOX1"]


def test_find_boxes_takes_the_exact_name_only() -> None:
    hits = [{"boxKey": "agxBOX1", "name": "Acme"}, {"boxKey": "agxBOX2", "name": "Acme 2"}]
    with streak().on("GET", "/v1/search", query={"name": "Acme"}, json={"results": {"boxes": hits}}) as far:
        assert [box["key"] for box in read("find_boxes", far, {"name": "Acme"})["boxes"]] == ["agxBOX1"]


def test_get_contact_normalises_addresses_and_joins_the_name() -> None:
    contact = {
        "key": "agxCONT1",
        "givenName": "Bo",
        "familyName": "Lind",
        "emailAddresses": [" Buyer@Acme.test", "junk"],
    }
    with streak().on("GET", "/v2/contacts/agxCONT1", json=contact) as far:
        output = read("get_contact", far, {"contact_key": "agxCONT1"})
    assert (output["name"], output["email"], output["emails"]) == (
        "Bo Lind",
        "buyer@acme.test",
        ["buyer@acme.test"],
    )


def test_get_contact_without_a_name_goes_by_its_address() -> None:
    with streak().on("GET", "/v2/contacts/c", json={"key": "c", "emailAddresses": ["a@b.test"]}) as far:
        assert read("get_contact", far, {"contact_key": "c"})["name"] == "a@b.test"


def test_get_organization_gives_empty_texts_for_what_is_not_known() -> None:
    with streak().on(
        "GET", "/v2/organizations/o", json={"key": "o", "name": None, "domains": ["acme.test"]}
    ) as far:
        output = read("get_organization", far, {"organization_key": "o"})
    assert output == {
        "key": "o",
        "name": "acme.test",
        "domains": ["acme.test"],
        "phones": [],
        "addresses": [],
        "industry": "",
        "employee_count": "",
        "notes": "",
        "fields": {},
        "organization_keys": [],
        "updated_at": None,
        "position": "",
    }


@pytest.mark.parametrize("body", [PIPELINES, {"results": PIPELINES, "hasNextPage": False}], ids=["v1", "v2"])
def test_list_pipelines_takes_either_envelope(body: Json) -> None:
    with streak().on("GET", "/v1/pipelines", json=body) as far:
        assert read("list_pipelines", far, {}) == {"pipelines": [{"key": "agxPIPE1", "name": "Deals"}]}


def test_list_stages_and_list_fields_go_by_the_pipelines_name() -> None:
    with with_pipeline(streak()).on("GET", "/v1/pipelines", json=PIPELINES) as far:
        assert read("list_stages", far, {"pipeline": "Deals"})["stages"][1] == {
            "key": "5003",
            "name": "Closed-Won",
        }
        far.on("GET", "/v1/pipelines", json=PIPELINES)
        fields = read("list_fields", far, {"pipeline": "Deals"})["fields"]
    assert fields[2] == {"key": "1003", "name": "Terms", "type": "DROPDOWN", "options": ["Net 30", "Net 60"]}


def test_an_unknown_pipeline_is_looked_for_twice_and_then_waits_for_a_person() -> None:
    far = streak().on("GET", "/v1/pipelines", json=PIPELINES).on("GET", "/v1/pipelines", json=PIPELINES)
    with far, pytest.raises(Config) as caught:
        read("list_stages", far, {"pipeline": "Elsewhere"})
    assert caught.value.code == "pipeline_missing"


def test_two_pipelines_of_one_name_need_the_key() -> None:
    far = streak().on(
        "GET", "/v1/pipelines", json=[{"key": "a", "name": "Deals"}, {"key": "b", "name": "Deals"}]
    )
    with pytest.raises(Config) as caught:
        read("list_stages", far, {"pipeline": "Deals"})
    assert caught.value.code == "pipeline_ambiguous"
