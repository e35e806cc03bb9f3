"""create_sales_order, get_sales_order, get_order_status, list_order_invoices and list_payments over M3 and CSI."""

import pytest

from connectors.infor.tests.conftest import Infor
from connectors.sdk import errors
from connectors.sdk.operation import Mark
from connectors.sdk.testing import MARK
from connectors.sdk.wire import Json

LINES = [
    {"item_id": "TBL-1", "quantity": "15", "unit_price": "30.095"},
    {"item_id": "CHR-2", "quantity": "2"},
]
OTHER = Mark("0000000000000000", "0" * 32)


def order(customer: str = "C10001", **more: Json) -> Json:
    return {
        "customer_id": customer,
        "external_order_number": "STRK-1042",
        "currency": "GBP",
        "lines": LINES,
        **more,
    }


def test_an_m3_order_is_confirmed_and_read_back(m3: Infor) -> None:
    made = m3.write("create_sales_order", **order())
    found = m3.read("get_sales_order", order_id=made["order_id"])
    assert (found["status"], found["external_order_number"]) == ("open", "STRK-1042")
    assert [(one["item_id"], one["unit_price"]) for one in found["lines"]] == [
        ("TBL-1", "30.095"),
        ("CHR-2", "19.50"),
    ]
    assert found["total_amount"] == "588.52"


def test_a_second_order_with_the_same_number_is_refused(m3: Infor) -> None:
    m3.write("create_sales_order", **order())
    with pytest.raises(errors.Conflict, match="STRK-1042 already") as caught:
        m3.prepared("create_sales_order", order(), OTHER)
    assert caught.value.code == "duplicate_order"


def lose_answer_number(m3: Infor, number: int) -> None:
    """Lose the answer of the n-th write: the traffic is the same each time, so that the n-th is known."""
    faults = m3.host.worlds["infor"].faults
    real, seen = faults.claim_first, [0]

    def claim_first(at: str, request: Json) -> Json:
        if at == "after":
            seen[0] += 1
            if seen[0] == number:
                faults.arm("lose_answer", "next")
        return real(at, request)

    faults.claim_first = claim_first  # type: ignore[method-assign]  # counts the writes


@pytest.mark.parametrize("number", [1, 2])
def test_what_is_lost_before_confirm_did_not_happen(m3: Infor, number: int) -> None:
    _, request = m3.prepared("create_sales_order", order())
    before = len(m3.records("order"))
    lose_answer_number(m3, number)
    with pytest.raises(errors.Transient, match="No order was made"):
        m3.call().send(request)
    assert len(m3.records("order")) == before
    m3.call().send(request)
    assert len(m3.records("order")) == before + 1


def test_a_lost_confirm_is_asked_about_by_the_temporary_number(m3: Infor) -> None:
    before = len(m3.records("order"))
    m3.call()
    lose_answer_number(m3, 3)
    made = m3.write("create_sales_order", **order())
    assert m3.records("order")[-1]["ORNO"] == made["order_id"]
    assert len(m3.records("order")) == before + 1


def test_a_confirmed_order_is_found_by_its_mark_and_never_made_twice(m3: Infor) -> None:
    write, request = m3.prepared("create_sales_order", order())
    m3.call().send(request)
    assert write.find is not None
    (found,) = write.find(m3.call(), request, MARK)
    again = m3.call().send(request)
    assert again.json["ORNO"] == found.far_id
    assert write.standing is not None
    assert write.standing(m3.call(), found.far_id) == "stands"
    assert write.unmarked(request)["head"]["CUOR"] == "STRK-1042"
    assert MARK.token not in str(write.unmarked(request))


def test_a_customer_on_credit_stop_is_said_and_nothing_is_left_behind(m3: Infor) -> None:
    before = len(m3.records("temporary"))
    with pytest.raises(errors.Conflict, match="Release the customer in M3, then retry") as caught:
        m3.write("create_sales_order", **order("C10004"))
    assert caught.value.code == "credit_stop"
    assert len(m3.records("temporary")) == before


def test_an_unknown_item_names_its_line_and_leaves_nothing_behind(m3: Infor) -> None:
    before = len(m3.records("temporary"))
    lines = [LINES[0], {"item_id": "NOPE", "quantity": "1"}]
    with pytest.raises(errors.NotFound, match=r"NOPE does not exist \(transaction 2\)"):
        m3.write("create_sales_order", **order(lines=lines))
    assert len(m3.records("temporary")) == before


def test_a_quantity_that_is_no_number_is_refused_before_anything_is_sent(m3: Infor) -> None:
    with pytest.raises(errors.Data):
        m3.prepared("create_sales_order", order(lines=[{"item_id": "TBL-1", "quantity": "many"}]))


def test_status_invoices_and_payments_follow_the_order(m3: Infor) -> None:
    number = m3.records("order")[0]["ORNO"]
    status = m3.read("get_order_status", order_id=number)
    assert (status["status"], status["payment_status"]) == ("invoiced", "partly_paid")
    (invoice,) = m3.read("list_order_invoices", order_id=number)["invoices"]
    assert (invoice["total_amount"], invoice["remaining_amount"]) == ("595.80", "495.80")
    asked = {"invoice_id": invoice["invoice_id"], "year": invoice["year"], "customer_id": "C10001"}
    (payment,) = m3.read("list_payments", **asked)["payments"]
    assert payment["payment_amount"] == "100.00"
    with pytest.raises(errors.Data, match="Map the year"):
        m3.read("list_payments", invoice_id="1", customer_id="C10001")
    assert (
        m3.read("get_order_status", order_id=m3.records("order")[2]["ORNO"])["payment_status"] == "unbilled"
    )


def test_a_csi_order_is_planned_until_its_last_line_is_in(csi: Infor) -> None:
    made = csi.write("create_sales_order", **order("1"))
    found = csi.read("get_sales_order", order_id=made["order_id"])
    assert (found["status"], found["net_amount"], len(found["lines"])) == ("open", "490.43", 2)


def test_a_csi_order_that_was_broken_off_is_gone_on_with(csi: Infor) -> None:
    write, request = csi.prepared("create_sales_order", order("1"))
    before = len(csi.records("csi_SLCos"))
    csi.fault("lose_answer", path="SLCoitems")
    with pytest.raises(errors.OutcomeUnknown):
        csi.call().send(request)
    assert write.find is not None
    assert list(write.find(csi.call(), request, MARK)) == []
    csi.call().send(request)
    assert len(csi.records("csi_SLCos")) == before + 1
    (found,) = write.find(csi.call(), request, MARK)
    assert len(csi.read("get_sales_order", order_id=found.far_id)["lines"]) == 2


def test_csi_says_which_item_is_wrong_and_that_the_order_stays(csi: Infor) -> None:
    with pytest.raises(errors.NotFound, match="stays planned in CSI"):
        csi.write("create_sales_order", **order("1", lines=[{"item_id": "NOPE", "quantity": "1"}]))


def test_csi_tells_invoices_and_payments_too(csi: Infor) -> None:
    assert csi.read("get_order_status", order_id="1001")["payment_status"] == "billed"
    (invoice,) = csi.read("list_order_invoices", order_id="1001")["invoices"]
    (payment,) = csi.read("list_payments", invoice_id=invoice["invoice_id"], customer_id="1")["payments"]
    assert payment["payment_amount"] == "100.00"
