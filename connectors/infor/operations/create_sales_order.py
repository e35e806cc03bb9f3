"""Make a sales order of head and lines: in M3 through a temporary order and Confirm, in CSI header first, then lines."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from connectors.infor.csi import load, quoted
from connectors.infor.csi_order import CSI_ORDER, order_of
from connectors.infor.m3 import pick, transact
from connectors.infor.m3_order import M3_ORDER, order_with_mark
from connectors.infor.orders import order_standing
from connectors.infor.settings import erp_of
from connectors.sdk.errors import Conflict
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.schema import date, decimal, items, obj, text
from connectors.sdk.wire import Json, Request, Response

_MARKS = frozenset({"YREF", "ExternalConfirmationRef"})


def prepare(call: Call, data: Json, mark: Mark) -> Request:
    """Refuses an order number that another order of this customer bears already."""
    if erp_of(call.settings) == "csi":
        return _csi(call, data, mark)
    theirs = transact(call, "OIS175MI", "LstHeadByCust", {"CUNO": data["customer_id"]}, most=0)
    others = [
        one
        for one in theirs
        if pick(one, "CUOR") == data["external_order_number"] and pick(one, "YREF") != mark.token
    ]
    _refuse_second(data, [pick(one, "ORNO") for one in others])
    settings = call.settings
    head = {
        "CUNO": data["customer_id"],
        "CUOR": data["external_order_number"],
        "YREF": mark.token,
        "ORTP": settings.get("order_type"),
        "FACI": settings.get("facility"),
        "WHLO": data.get("warehouse") or settings.get("warehouse"),
        "CUCD": data.get("currency"),
        "MODL": data.get("shipping_method"),
        "ORDT": _plain(data.get("order_date")),
        "RLDT": _plain(data.get("requested_date")),
    }
    lines = [
        {
            "ITNO": one["item_id"],
            "ORQT": one["quantity"],
            "SAPR": one.get("unit_price"),
            "ITDS": one.get("description"),
        }
        for one in data["lines"]
    ]
    return Request("POST", M3_ORDER, json={"head": _filled(head), "lines": [_filled(one) for one in lines]})


def _csi(call: Call, data: Json, mark: Mark) -> Request:
    wanted = f"CustPo = {quoted(data['external_order_number'])}"
    theirs = load(call, "SLCos", properties="CoNum,CustNum,ExternalConfirmationRef", filter=wanted)
    others = [
        str(one["CoNum"]).strip()
        for one in theirs
        if str(one["CustNum"]).strip() == data["customer_id"].strip()
        and one.get("ExternalConfirmationRef") != mark.token
    ]
    _refuse_second(data, others)
    ordered = _plain(data.get("order_date"))
    head = {
        "CustNum": data["customer_id"].strip().rjust(7),
        "CustSeq": "0",
        "CustPo": data["external_order_number"],
        "ExternalConfirmationRef": mark.token,
        "OrderDate": f"{ordered} 00:00:00.000" if ordered else None,
        "CurrCode": data.get("currency"),
        "ShipCode": data.get("shipping_method"),
        "Whse": data.get("warehouse") or call.settings.get("warehouse"),
    }
    due = _plain(data.get("requested_date"))
    lines = [
        {
            "CoLine": str(number),
            "Item": one["item_id"],
            "QtyOrderedConv": one["quantity"],
            "PriceConv": one.get("unit_price"),
            "Description": one.get("description"),
            "DueDate": f"{due} 00:00:00.000" if due else None,
        }
        for number, one in enumerate(data["lines"], 1)
    ]
    return Request("POST", CSI_ORDER, json={"head": _filled(head), "lines": [_filled(one) for one in lines]})


def result(data: Json, response: Response) -> Json:
    found = response.json
    number = str(found.get("ORNO") or found.get("CoNum") or "").strip()
    return {
        "order_id": number,
        "customer_id": data["customer_id"],
        "external_order_number": data["external_order_number"],
    }


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """The orders that carry the mark that was sent."""
    head = request.json["head"]
    if request.path == CSI_ORDER:
        whole = [
            one for one in order_of(call, head["ExternalConfirmationRef"]) if str(one.get("Stat")) != "P"
        ]
        numbers = [str(one["CoNum"]).strip() for one in whole]
        customer, reference = head["CustNum"].strip(), head["CustPo"]
    else:
        numbers = [pick(one, "ORNO") for one in order_with_mark(call, head["CUNO"], head["YREF"])]
        customer, reference = head["CUNO"], head["CUOR"]
    return [
        Match(
            number,
            {"order_id": number, "customer_id": customer, "external_order_number": reference},
            matched_by="our mark in the order's reference",
        )
        for number in numbers
    ]


def unmarked(request: Request) -> Json:
    head = {name: value for name, value in request.json["head"].items() if name not in _MARKS}
    return {"head": head, "lines": request.json["lines"]}


def _refuse_second(data: Json, others: list[str]) -> None:
    if others:
        raise Conflict(
            f"This customer has order {others[0]} with the number {data['external_order_number']} already. "
            "Give this one another number, or use that order.",
            code="duplicate_order",
            pointer="/external_order_number",
            info={"orders": others},
        )


def _plain(day: Any) -> str:
    return str(day or "").replace("-", "")


def _filled(fields: dict[str, Json]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items() if value not in (None, "")}


OPERATION = Write(
    title="Create a sales order",
    help="M3 makes the invoice when the order is shipped; follow it with “Get an order's status” or the order trigger.",
    effect="create",
    record="sales_order",
    input=obj(
        {
            "customer_id": text("Customer number", shortest=1, longest=10),
            "external_order_number": text(
                "Order number there",
                help="Your number of this order; people find it by that.",
                shortest=1,
                longest=20,
            ),
            "order_date": date("Order date"),
            "requested_date": date("Requested delivery"),
            "currency": text("Currency", longest=3),
            "warehouse": text("Warehouse", longest=4),
            "shipping_method": text(
                "Shipping method", help="M3: a delivery method (MODL); CSI: a ship code.", longest=4
            ),
            "lines": items(
                "Lines",
                obj(
                    {
                        "item_id": text("Item number", shortest=1, longest=30),
                        "quantity": decimal("Quantity"),
                        "unit_price": decimal(
                            "Unit price", help="Empty: the ERP works it out.", currency="/currency"
                        ),
                        "description": text("Description", longest=60),
                    },
                    required=("item_id", "quantity"),
                ),
                minItems=1,
            ),
        },
        required=("customer_id", "external_order_number", "lines"),
    ),
    output=obj(
        {
            "order_id": text("Order number"),
            "customer_id": text("Customer number"),
            "external_order_number": text("Order number there"),
        },
        required=("order_id", "customer_id", "external_order_number"),
    ),
    sample={"order_id": "0001000004", "customer_id": "C10001", "external_order_number": "STRK-1042"},
    idempotency=Idempotency(
        "marker",
        scope="the customer's orders: our mark is M3's reference (YREF), CSI's external confirmation reference",
        settle=timedelta(minutes=3),
    ),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["order_id"]),
    unmarked=unmarked,
    find=find,
    standing=order_standing,
)
