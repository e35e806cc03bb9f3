"""get_customer, find_customers, find_or_create_customer and update_customer over M3 and CSI."""

import pytest

from connectors.infor.tests.conftest import Infor
from connectors.sdk import errors
from connectors.sdk.operation import Write
from connectors.sdk.wire import Json, Request

NEW = {
    "name": "Quayside Books Ltd",
    "email": "ida@quayside.example",
    "company_key": "agxORG",
    "line1": "2 Quay",
    "country": "GB",
}


@pytest.fixture(params=["m3", "csi"])
def infor(request: pytest.FixtureRequest) -> Infor:
    found: Infor = request.getfixturevalue(request.param)
    return found


def first(infor: Infor) -> str:
    return "C10001" if infor.settings["erp"] == "m3" else "1"


def existing(infor: Infor, write: Write, data: Json) -> Json:
    assert write.existing is not None
    found = write.existing(infor.call(), data)
    return found.output if found else None


def test_get_customer_reads_the_same_from_both(infor: Infor) -> None:
    found = infor.read("get_customer", customer_id=first(infor))
    assert (found["name"], found["city"], found["on_hold"]) == ("Northgate School Trust", "London", False)


def test_get_customer_says_when_there_is_none(infor: Infor) -> None:
    with pytest.raises(errors.NotFound):
        infor.read("get_customer", customer_id="X9")


def test_find_customers_by_address_and_by_name(infor: Infor) -> None:
    by_email = infor.read("find_customers", email="IDA@larch.example".lower())["customers"]
    by_name = infor.read("find_customers", name="Larch")["customers"]
    assert [one["name"] for one in by_email] == [one["name"] for one in by_name] == ["Larch & Co"]
    with pytest.raises(errors.Data):
        infor.read("find_customers")


def test_find_or_create_customer_makes_one_that_is_met_again_by_its_key(infor: Infor) -> None:
    made = infor.write("find_or_create_customer", **NEW)
    write, _ = infor.prepared("find_or_create_customer", NEW)
    again = existing(infor, write, {**NEW, "name": "Other name", "email": ""})
    assert (again["customer_id"], again["matched_by"]) == (made["customer_id"], "key")


def test_a_duplicate_customer_goes_to_a_person_when_only_the_name_matches(infor: Infor) -> None:
    write, _ = infor.prepared("find_or_create_customer", {"name": "Larch & Co. Ltd", "line1": "x"})
    with pytest.raises(errors.Conflict, match="Choose the right one") as caught:
        existing(infor, write, {"name": "Larch & Co. Ltd"})
    assert caught.value.code == "duplicate_customer"
    accepted = existing(infor, write, {"name": "Larch & Co. Ltd", "on_name_match": "accept"})
    assert accepted["matched_by"] == "name"


def test_a_customer_whose_answer_was_lost_is_found_by_its_key(infor: Infor) -> None:
    write, request = infor.prepared("find_or_create_customer", NEW)
    infor.fault("lose_answer")
    with pytest.raises(errors.OutcomeUnknown):
        infor.call().send(request)
    assert write.find is not None
    (found,) = write.find(infor.call(), request, None)  # type: ignore[arg-type]  # the mark isn't needed here
    assert write.standing is not None
    assert write.standing(infor.call(), found.far_id) == "stands"
    assert write.standing(infor.call(), "X9") == "gone"


def test_update_customer_writes_and_reads_back(infor: Infor) -> None:
    write, request = infor.prepared("update_customer", {"customer_id": first(infor), "phone": "+441"})
    assert write.find is not None
    assert list(write.find(infor.call(), request, None)) == []  # type: ignore[arg-type]  # not needed
    infor.write("update_customer", customer_id=first(infor), phone="+441")
    assert [one.output["phone"] for one in write.find(infor.call(), request, None)] == ["+441"]  # type: ignore[arg-type]


def test_somebody_elses_change_is_not_run_over(infor: Infor) -> None:
    _, stale = infor.prepared("update_customer", {"customer_id": first(infor), "phone": "+441"})
    infor.write("update_customer", customer_id=first(infor), phone="+442")
    with pytest.raises(errors.Conflict, match="retry"):
        infor.call().send(stale)


def test_m3_needs_an_address_line_and_the_template(m3: Infor) -> None:
    with pytest.raises(errors.Data, match="first address line"):
        m3.write("find_or_create_customer", name="No Address Ltd")
    m3.settings["customer_template"] = ""
    with pytest.raises(errors.Config, match="Set “Customer template”"):
        m3.write("find_or_create_customer", **NEW)


@pytest.mark.parametrize(
    ("record", "failure", "code"),
    [
        ({"CUTM": "T", "CUNM": "A"}, errors.Data, "field_missing"),
        ({"CUTM": "T", "CUNM": "A" * 37, "CUA1": "x"}, errors.Data, "field_too_long"),
        ({"CUTM": "T", "CUNM": "A", "CUA1": "x", "CRLM": "much"}, errors.Data, "refused"),
        ({"CUTM": "T", "CUNM": "A", "CUA1": "x", "CUNO": "C10001"}, errors.Conflict, "exists"),
    ],
)
def test_what_m3_refuses_inside_200_ends_in_the_right_failure(
    m3: Infor, record: Json, failure: type[errors.Failure], code: str
) -> None:
    body = {"program": "CRS610MI", "transactions": [{"transaction": "Add", "record": record}]}
    with pytest.raises(failure) as caught:
        m3.call().send(Request("POST", "/M3/m3api-rest/v2/execute", json=body))
    assert caught.value.code == code
    assert caught.value.sentence.endswith("retry.") or caught.value.sentence.endswith("there.")
