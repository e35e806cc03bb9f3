"""Fills an empty tenant with a small wholesale company, once as M3 and once as CSI sees it."""

import json
import secrets
from decimal import Decimal
from pathlib import Path

from connectors.infor.sandbox.fields import stamped
from connectors.infor.sandbox.idos import IDOS, kept
from connectors.infor.sandbox.orders import lines_of
from connectors.infor.sandbox.receivables import invoice_order, pay_invoice, ship_order
from connectors.infor.sandbox.transactions import TRANSACTIONS
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.wire import Json

__all__ = ["seed"]

_FORGOTTEN = (
    "account", "customer", "item", "balance", "discount", "base_price", "supplier", "employee", "account_id", "order",
    "order_line", "temporary", "temporary_line", "invoice", "payment", "payment_batch", "message", "sequence",
    *(f"csi_{name}" for name in IDOS),
)  # fmt: skip


def seed(world: World, company: str) -> None:
    """Put the company in place of what is there, under a new account id. Tokens stay good."""
    path = Path(__file__).parent / "companies" / f"{company}.json"
    if not path.is_file():
        raise ValueError(f"There is no company called {company!r}.")
    data = json.loads(path.read_text(encoding="utf-8"))
    for kind in _FORGOTTEN:
        world.records.clear(kind)
    world.records.put(
        "account",
        "tenant",
        {
            "id": f"ACME_DEM-{secrets.token_hex(4)}",
            "name": "Acme Wholesale (ACME_DEM)",
            "company": company,
            "division": f"A{secrets.token_hex(1).upper()}",
        },
    )
    _registers(world, data)
    for order in data["orders"]:
        _order(world, order)
    _csi(world, data)


def _registers(world: World, data: Json) -> None:
    for customer in data["customers"]:
        TRANSACTIONS["CRS610MI", "Add"].run(world, customer)
    for number, percent in data["discounts"].items():
        world.records.put("discount", number, {"DIP1": percent})
    for item in data["items"]:
        own = {name: value for name, value in item.items() if name != "stock"}
        kept_item = {"STAT": "20", "CUCS": "GBP", "SACD": "1", "SPUN": item["UNMS"], "ITTY": "FIN", **own}
        world.records.put("item", item["ITNO"], stamped(kept_item, world.clock.now()))
        balance = {
            "WHLO": "001",
            "ITNO": item["ITNO"],
            "STQT": item["stock"],
            "ALQT": "0",
            "AVAL": item["stock"],
        }
        world.records.put("balance", f"001|{item['ITNO']}", stamped(balance, world.clock.now()))
    for kind, name, key in (("supplier", "suppliers", "SUNO"), ("employee", "employees", "EMNO"), ("account_id", "accounts", "AITM")):  # fmt: skip
        for record in data[name]:
            world.records.put(kind, record[key], stamped(record, world.clock.now()))


def _order(world: World, order: Json) -> None:
    """Through the same steps as anybody's order, as far as it has come."""
    temporary = TRANSACTIONS["OIS100MI", "AddBatchHead"].run(world, order["head"])[0]["ORNO"]
    for line in order["lines"]:
        TRANSACTIONS["OIS100MI", "AddBatchLine"].run(world, {**line, "ORNO": temporary})
    number = str(TRANSACTIONS["OIS100MI", "Confirm"].run(world, {"ORNO": temporary})[0]["ORNO"])
    if order["to"] in ("shipped", "invoiced"):
        ship_order(world, number)
    if order["to"] == "invoiced":
        invoice = invoice_order(world, number)
        pay_invoice(world, f"{invoice['YEA4']}-{invoice['IVNO']}", Decimal("100.00"))


def _csi(world: World, data: Json) -> None:
    for number, customer in enumerate(data["customers"], 1):
        kept(
            world,
            "SLCustomers",
            {
                "CustNum": str(number),
                "CustSeq": "0",
                "Name": customer["CUNM"],
                "Addr_1": customer["CUA1"],
                "City": customer["TOWN"],
                "Country": customer["CSCD"],
                "CustomerEmailAddr": customer["MAIL"],
                "Phone_1": customer["PHNO"],
                "CurrCode": customer["CUCD"],
                "TermsCode": "N30",
                "CreditLimit": "10000",
                "CreditHold": customer.get("BLCD", "0"),
            },
        )
    for item in data["items"]:
        kept(world, "SLItems", {"Item": item["ITNO"], "Description": item["ITDS"], "UM": "EA", "Stat": "A"})
        kept(world, "SLItemprices", {"Item": item["ITNO"], "CurrCode": "GBP", "UnitPrice1": item["SAPR"]})
        stock = {"Item": item["ITNO"], "Whse": "MAIN", "QtyOnHand": item["stock"], "QtyAllocCo": "0"}
        kept(world, "SLItemwhses", stock)
    for number, supplier in enumerate(data["suppliers"], 1):
        named = {"VendNum": str(number), "Name": supplier["SUNM"], "CurrCode": supplier["CUCD"]}
        kept(world, "SLVendors", {**named, "TermsCode": "N30", "Stat": "A"})
    for employee in data["employees"]:
        kept(
            world,
            "SLEmployees",
            {"EmpNum": employee["EMNO"], "Name": employee["EMNM"], "Dept": employee["DEPT"], "Stat": "A"},
        )
    for account in data["accounts"]:
        kind = "A" if account["AT01"] == "1" else "R"
        kept(world, "SLCharts", {"Acct": account["AITM"], "Description": account["TX40"], "Type": kind})
    _csi_documents(world)


def _csi_documents(world: World) -> None:
    """The invoiced order once more, as CSI keeps it."""
    for order in world.records.all("order"):
        if order["ORST"] != "77":
            continue
        customer = {"CustNum": "1", "CoNum": "1001"}
        kept(world, "SLCos", {**customer, "Stat": "C", "Type": "R", "CustPo": order["CUOR"], "Price": order["NTAM"], "SalesTax": order["VTAM"], "CurrCode": "GBP", "OrderDate": f"{order['ORDT']} 00:00:00.000"})  # fmt: skip
        for line in lines_of(world, str(order["ORNO"])):
            kept(world, "SLCoitems", {"CoNum": "1001", "CoLine": line["PONR"], "CoRelease": "0", "Item": line["ITNO"], "Description": line["ITDS"], "QtyOrderedConv": line["ORQT"], "PriceConv": line["SAPR"], "Stat": "C", "UM": "EA", "QtyShipped": line["ORQT"], "QtyInvoiced": line["ORQT"]})  # fmt: skip
        day = f"{order['ORDT']} 00:00:00.000"
        invoice = {
            **customer,
            "CustNum": "      1",
            "CoNum": "      1001",
            "InvNum": "9001",
            "InvSeq": "0",
            "InvDate": day,
        }
        kept(world, "SLInvHdrs", {**invoice, "CustPo": order["CUOR"], "Price": order["TOPY"]})
        kept(world, "SLArtrans", {**invoice, "CheckSeq": "0", "Type": "I", "Amount": order["TOPY"], "SalesTax": order["VTAM"], "DueDate": day})  # fmt: skip
        kept(world, "SLArpmts", {"BankCode": "BK1", "CustNum": "      1", "Type": "C", "CheckNum": "501", "RecptDate": day, "DomCheckAmt": "100.00", "Ref": "9001"})  # fmt: skip
