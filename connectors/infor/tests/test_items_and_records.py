"""find_items, get_item_price, get_inventory, list_records, get_record, and CSI's load_ido, update_ido, invoke_method; publish_bod."""

import pytest

from connectors.infor.resources import RESOURCES
from connectors.infor.tests.conftest import Infor
from connectors.sdk import errors
from connectors.sdk.testing import MARK
from connectors.sdk.wire import Json

ASKED: dict[str, Json] = {
    "salesorders": {"customer_id": "C10001"},
    "inventory": {"item_id": "TBL-1"},
    "payments": {"customer_id": "C10001", "invoice_id": "700001"},
}


@pytest.mark.parametrize("erp", ["m3", "csi"])
def test_items_prices_and_stock(request: pytest.FixtureRequest, erp: str) -> None:
    infor: Infor = request.getfixturevalue(erp)
    assert [one["item_id"] for one in infor.read("find_items", text="Table")["items"]] == ["TBL-1"]
    customer = "C10001" if erp == "m3" else "1"
    assert infor.read("get_item_price", customer_id=customer, item_id="SHF-3")["price"] == "84.00"
    (balance,) = infor.read("get_inventory", item_id="TBL-1")["balances"]
    assert balance["on_hand_quantity"] == "120"
    with pytest.raises(errors.NotFound):
        infor.read("get_item_price", customer_id=customer, item_id="NOPE")


def test_a_customers_own_price_counts(m3: Infor) -> None:
    assert m3.read("get_item_price", customer_id="C10002", item_id="CHR-2")["price"] == "17.55"


@pytest.mark.parametrize("erp", ["m3", "csi"])
@pytest.mark.parametrize("resource", sorted(RESOURCES))
def test_list_records_of_every_resource(request: pytest.FixtureRequest, erp: str, resource: str) -> None:
    infor: Infor = request.getfixturevalue(erp)
    year = infor.records("invoice")[0]["YEA4"]
    asked = {"year": year, **ASKED.get(resource, {})} if erp == "m3" else {}
    records = infor.read("list_records", resource=resource, **asked)["records"]
    assert records
    assert all(one[RESOURCES[resource].key] for one in records)


def test_list_records_reads_page_by_page(m3: Infor) -> None:
    world = m3.host.worlds["infor"]
    template = world.records.all("supplier")[0]
    with world.records.store.writing():
        for number in range(250):
            world.records.put("supplier", f"T{number:04}", {**template, "SUNO": f"T{number:04}"})
    records = m3.read("list_records", resource="vendors")["records"]
    assert len({one["vendor_id"] for one in records}) == len(records) == 252


def test_what_m3_needs_for_a_list_is_said(m3: Infor) -> None:
    with pytest.raises(errors.Data, match="lists salesorders by customer_id"):
        m3.read("list_records", resource="salesorders")


@pytest.mark.parametrize(("erp", "key"), [("m3", "S3001"), ("csi", "1")])
def test_get_record(request: pytest.FixtureRequest, erp: str, key: str) -> None:
    infor: Infor = request.getfixturevalue(erp)
    assert (
        infor.read("get_record", resource="vendors", record_id=key)["record"]["name"] == "Oakfield Timber Ltd"
    )
    with pytest.raises(errors.NotFound):
        infor.read("get_record", resource="vendors", record_id="X9")


def test_load_ido_follows_the_bookmark(csi: Infor) -> None:
    world = csi.host.worlds["infor"]
    template = world.records.all("csi_SLItems")[0]
    with world.records.store.writing():
        for number in range(230):
            row = {**template, "Item": f"T{number:04}", "RowPointer": f"T{number:04}"}
            world.records.put("csi_SLItems", row["RowPointer"], row)
    rows = csi.read("load_ido", ido="SLItems", properties="Item", orderby="Item")["rows"]
    assert len({one["Item"] for one in rows}) == len(rows) == 234


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        ({"ido": "slcustomers", "properties": "*"}, errors.Config),
        ({"ido": "SLCustomers", "properties": "Nothing"}, errors.Config),
        ({"ido": "SLCustomers", "properties": "*", "filter": 'Name = "x"'}, errors.Data),
    ],
)
def test_what_csi_refuses_inside_200(csi: Infor, asked: Json, failure: type[errors.Failure]) -> None:
    with pytest.raises(failure):
        csi.read("load_ido", **asked)


def test_update_ido_by_item_id_and_never_over_another_change(csi: Infor) -> None:
    (row,) = csi.read(
        "load_ido", ido="SLCustomers", properties="RowPointer,Name", filter="CustNum = N'      1'"
    )["rows"]
    data = {
        "ido": "SLCustomers",
        "row_pointer": row["RowPointer"],
        "item_id": row["_ItemId"],
        "values": {"City": "York"},
    }
    write, request = csi.prepared("update_ido", data)
    assert csi.write("update_ido", **data)["values"]["City"] == "York"
    assert write.find is not None
    assert len(write.find(csi.call(), request, MARK)) == 1
    with pytest.raises(errors.Conflict, match="Load the record again"):
        csi.call().send(request)
    wrong = {**data, "item_id": "", "values": {"CustNum": "1", "CustSeq": "0", "CreditLimit": "much"}}
    with pytest.raises(errors.Data):
        csi.prepared("update_ido", wrong)


def test_a_value_of_the_wrong_type_is_said_by_csi(csi: Infor) -> None:
    (row,) = csi.read("load_ido", ido="SLCustomers", properties="RowPointer", filter="CustNum = N'      1'")[
        "rows"
    ]
    with pytest.raises(errors.Data, match="Correct the value") as caught:
        csi.write(
            "update_ido",
            ido="SLCustomers",
            row_pointer=row["RowPointer"],
            item_id=row["_ItemId"],
            values={"CreditLimit": "much"},
        )
    assert caught.value.code == "type_mismatch"


def test_invoke_method_gives_the_parameters_back_and_tells_a_refusal(csi: Infor) -> None:
    asked = {"ido": "SLItems", "method": "GetItemPrice", "parameters": ["TBL-1", None, None]}
    assert csi.write("invoke_method", **asked)["parameters"][1] == "30.095"
    with pytest.raises(errors.Data, match="The item has no price"):
        csi.write("invoke_method", **{**asked, "parameters": ["NOPE", None, None]})


def test_publish_bod_hands_the_document_over(m3: Infor) -> None:
    made = m3.write("publish_bod", document_name="Process.SalesOrder", document="<ProcessSalesOrder/>")
    (message,) = m3.records("message")
    assert (message["messageId"], message["payload"]) == (made["message_id"], "<ProcessSalesOrder/>")
    m3.settings["logical_id"] = ""
    with pytest.raises(errors.Config, match="Set “Logical id”"):
        m3.write("publish_bod", document_name="Process.SalesOrder", document="<x/>")
