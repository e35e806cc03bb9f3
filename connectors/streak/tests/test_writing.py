"""update_box, create_box and create_comment: the request they prepare, their result, and what they find after a lost answer."""

from collections.abc import Sequence
from typing import cast

import pytest

from connectors.sdk.errors import Config, Data, OutcomeUnknown
from connectors.sdk.operation import Call, Mark, Match, Write
from connectors.sdk.registry import operation
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Request
from connectors.streak.client import write_request
from connectors.streak.tests.far import BOX, FIELDS, PIPELINES, STAGES, streak, with_pipeline

UPDATE = cast(Write, operation("streak.update_box"))
CREATE = cast(Write, operation("streak.create_box"))
COMMENT = cast(Write, operation("streak.create_comment"))
STAMPED = f"call first\n[interlock {MARK.token}]"


def prepared(write: Write, far: Replies, data: Json) -> Request:
    validator_for(write.input).check(data)
    request = write.prepare(far.call(), data, MARK)
    return Request.from_json(request.to_json())


def carried_out(write: Write, far: Replies, data: Json, request: Request) -> Json:
    output = write.result(data, far.call().send(request))
    validator_for(write.output).check(output)
    return output


def found_by(write: Write, call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    assert write.find is not None
    return write.find(call, request, mark)


def test_update_box_writes_keys_for_names_labels_and_days() -> None:
    data = {
        "box_key": "agxBOX1",
        "fields": {
            "Sage invoice": "SI-57",
            "Close date": "2023-12-14",
            "Terms": "Net 60",
            "Segment": ["vip"],
            "Paid": True,
            "Amount": "12500.00",
        },
        "stage": "Closed-Won",
    }
    with with_pipeline(streak()).on("GET", "/v1/boxes/agxBOX1", json=BOX) as far:
        request = prepared(UPDATE, far, data)
        far.on("POST", "/v1/boxes/agxBOX1", json={**BOX, "lastUpdatedTimestamp": 1700002000000})
        output = carried_out(UPDATE, far, data, request)
    assert request.json == {
        "fields": {
            "1007": "SI-57",
            "1002": 1702512000000,
            "1003": "9002",
            "1004": ["9003"],
            "1005": True,
            "1001": "12500.00",
        },
        "stageKey": "5003",
    }
    assert (request.far_id, UPDATE.far_id(output)) == ("agxBOX1", "agxBOX1")
    assert output["updated_at"] == "2023-11-14T22:46:40Z"
    assert UPDATE.unmarked(request) == request.json


WRONG_FIELDS: dict[str, tuple[Json, type[Exception], str]] = {
    "a field that is not there": ({"Nothing": "x"}, Config, "field_missing"),
    "a formula": ({"Score": "1"}, Config, "field_read_only"),
    "an unknown option": ({"Terms": "Net 90"}, Data, "option_unknown"),
    "a date in words": ({"Close date": "tomorrow"}, Data, "not_a_date"),
    "a tick that is no tick": ({"Paid": "yes"}, Data, "not_a_boolean"),
}


@pytest.mark.parametrize(("fields", "failure", "code"), WRONG_FIELDS.values(), ids=list(WRONG_FIELDS))
def test_update_box_refuses_what_streak_would_swallow(
    fields: Json, failure: type[Exception], code: str
) -> None:
    far = streak().on("GET", "/v1/boxes/agxBOX1", json=BOX)
    far.on("GET", "/v1/pipelines/agxPIPE1/fields", json=FIELDS).on(
        "GET", "/v1/pipelines/agxPIPE1/fields", json=FIELDS
    )
    with pytest.raises(failure) as caught:
        prepared(UPDATE, far, {"box_key": "agxBOX1", "fields": fields})
    assert getattr(caught.value, "code", "") == code
    assert getattr(caught.value, "pointer", "") == f"/fields/{next(iter(fields))}"


def test_update_box_knows_an_unknown_stage() -> None:
    with streak().on("GET", "/v1/boxes/agxBOX1", json=BOX) as far:
        far.on("GET", "/v1/pipelines/agxPIPE1/stages", json=STAGES).on(
            "GET", "/v1/pipelines/agxPIPE1/stages", json=STAGES
        )
        with pytest.raises(Config) as caught:
            prepared(UPDATE, far, {"box_key": "agxBOX1", "stage": "Lost"})
    assert caught.value.code == "stage_missing"


@pytest.mark.parametrize("body", [None, {}, {"fields": None}])
def test_a_write_answered_with_nothing_did_nothing(body: Json) -> None:
    far = streak().on("POST", "/v1/boxes/agxBOX1", json=body)
    with pytest.raises(Data) as caught:
        far.call().send(write_request("POST", "/v1/boxes/agxBOX1", {"notes": "x"}))
    assert caught.value.code == "not_applied"


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_while_writing_leaves_the_outcome_unknown(status: int) -> None:
    far = streak().on("POST", "/v1/boxes/agxBOX1", status=status)
    with pytest.raises(OutcomeUnknown):
        far.call().send(write_request("POST", "/v1/boxes/agxBOX1", {"notes": "x"}))


def test_update_box_is_found_by_reading_back() -> None:
    request = write_request(
        "POST", "/v1/boxes/agxBOX1", {"fields": {"1001": "12500", "1007": None}}, far_id="agxBOX1"
    )
    with streak().on("GET", "/v1/boxes/agxBOX1", json=BOX) as far:
        assert [match.far_id for match in found_by(UPDATE, far.call(), request, MARK)] == ["agxBOX1"]


@pytest.mark.parametrize(
    "sent", [{"fields": {"1001": "99"}}, {"stageKey": "5002"}], ids=["a field", "the stage"]
)
def test_update_box_is_not_found_when_the_box_holds_something_else(sent: Json) -> None:
    request = write_request("POST", "/v1/boxes/agxBOX1", sent, far_id="agxBOX1")
    with streak().on("GET", "/v1/boxes/agxBOX1", json=BOX) as far:
        assert found_by(UPDATE, far.call(), request, MARK) == []


def test_a_deleted_box_is_neither_found_nor_standing() -> None:
    request = write_request("POST", "/v1/boxes/agxBOX1", {"notes": ""}, far_id="agxBOX1")
    with (
        streak().on("GET", "/v1/boxes/agxBOX1", status=404).on("GET", "/v1/boxes/agxBOX1", status=404) as far
    ):
        assert found_by(UPDATE, far.call(), request, MARK) == []
        assert UPDATE.standing is not None
        assert UPDATE.standing(far.call(), "agxBOX1") == "gone"


def test_create_box_stamps_its_notes_and_finds_itself_by_them() -> None:
    data = {
        "pipeline": "Deals",
        "name": "New",
        "stage": "Quoted",
        "notes": "call first",
        "assigned_to": ["a@b.test"],
    }
    made = {
        "key": "agxBOX9",
        "boxKey": "agxBOX9",
        "name": "New",
        "stageKey": "5002",
        "notes": STAMPED,
        "creationTimestamp": 1700000000000,
    }
    with (
        streak()
        .on("GET", "/v1/pipelines", json=PIPELINES)
        .on("GET", "/v1/pipelines/agxPIPE1/stages", json=STAGES) as far
    ):
        request = prepared(CREATE, far, data)
        far.on("POST", "/v2/pipelines/agxPIPE1/boxes", json=made)
        output = carried_out(CREATE, far, data, request)
        newest = [{**made, "key": "x", "boxKey": "x", "notes": "call first"}, made]
        far.on(
            "GET",
            "/v1/pipelines/agxPIPE1/boxes",
            query={"sortBy": "creationTimestamp", "page": "0"},
            json=newest,
        )
        found = found_by(CREATE, far.call(), request, MARK)
    assert request.json == {
        "name": "New",
        "notes": STAMPED,
        "stageKey": "5002",
        "assignedToSharingEntries": [{"email": "a@b.test"}],
    }
    assert CREATE.unmarked(request) == {**request.json, "notes": "call first"}
    assert [(match.far_id, match.created_at) for match in found] == [("agxBOX9", "2023-11-14T22:13:20Z")]
    assert found[0].output == output


def test_create_comment_stamps_its_message_and_finds_itself_by_it() -> None:
    data = {"box_key": "agxBOX1", "message": "call first"}
    made = {"key": "agxCOMM1", "boxKey": "agxBOX1", "message": STAMPED, "timestamp": 1700000000000}
    with streak() as far:
        request = prepared(COMMENT, far, data)
        far.on("POST", "/v2/boxes/agxBOX1/comments", json=made)
        output = carried_out(COMMENT, far, data, request)
        far.on(
            "GET",
            "/v2/boxes/agxBOX1/comments",
            json={"results": [{"key": "other", "message": "call first"}, made]},
        )
        found = found_by(COMMENT, far.call(), request, MARK)
        far.on("GET", "/v2/comments/agxCOMM1", json=made)
        assert COMMENT.standing is not None
        assert COMMENT.standing(far.call(), "agxCOMM1") == "stands"
    assert [match.output for match in found] == [output]
    assert COMMENT.unmarked(request) == {"message": "call first"}


def test_a_v1_put_goes_as_a_form_and_every_other_write_as_json() -> None:
    put = write_request("PUT", "/v1/pipelines/agxPIPE1/fields", {"name": "ERP no."})
    assert (put.form, put.json) == ({"name": "ERP no."}, None)
    for method, path in (("POST", "/v1/boxes/b"), ("POST", "/v2/webhooks"), ("PUT", "/v2/x")):
        request = write_request(method, path, {"a": 1})
        assert (request.form, request.json) == (None, {"a": 1})
