"""A sales order as flows see it, from M3 or CSI: one status word for both, its lines, its invoices."""

from connectors.infor.csi import load, quoted
from connectors.infor.m3 import get_one, listed
from connectors.infor.resources import RESOURCES, number_of, read_record
from connectors.infor.settings import erp_of
from connectors.sdk.errors import NotFound
from connectors.sdk.operation import Call, Standing
from connectors.sdk.schema import boolean, decimal, items, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["ORDER", "ORDER_SAMPLE", "invoices_of", "order_standing", "read_order", "status_word"]

_LINE = obj(
    {
        "line": text("Line"),
        "item_id": text("Item"),
        "description": text("Description"),
        "quantity": decimal("Quantity"),
        "unit_price": decimal("Unit price"),
        "status": text("Status"),
    }
)
ORDER: Schema = obj(
    {
        "order_id": text("Order number"),
        "customer_id": text("Customer"),
        "external_order_number": text("Customer's order number"),
        "order_date": text("Order date"),
        "status": text(
            "Status", help="quote, pending, open, partly_shipped, shipped, invoiced, completed or cancelled."
        ),
        "lowest_status": text("Lowest line status"),
        "highest_status": text("Highest line status"),
        "net_amount": decimal("Net amount", currency="/currency"),
        "tax_amount": decimal("Tax amount", currency="/currency"),
        "total_amount": decimal("Total amount", currency="/currency", help="CSI doesn't give it."),
        "currency": text("Currency"),
        "shipping_method": text("Shipping method"),
        "on_hold": boolean("On hold"),
        "lines": items("Lines", _LINE),
    },
    required=("order_id", "customer_id", "status"),
)
ORDER_SAMPLE: Json = {
    "order_id": "0001000004",
    "customer_id": "C10001",
    "external_order_number": "STRK-1042",
    "order_date": "2026-11-22",
    "status": "open",
    "lowest_status": "22",
    "highest_status": "22",
    "net_amount": "451.43",
    "tax_amount": "90.29",
    "total_amount": "541.72",
    "currency": "GBP",
    "shipping_method": "TRK",
    "on_hold": False,
    "lines": [
        {"line": "1", "item_id": "TBL-1", "description": "Table, oak", "quantity": "15", "unit_price": "30.095", "status": "22"}
    ],
}  # fmt: skip
_CSI_WORDS = {
    "P": "pending",
    "W": "pending",
    "O": "open",
    "S": "open",
    "C": "completed",
    "H": "completed",
    "Q": "quote",
}


def status_word(erp: str, lowest: str, highest: str) -> str:  # noqa: PLR0911 - one word a state
    """One word for M3's pair of line states, or CSI's letter."""
    if erp == "csi":
        return _CSI_WORDS.get(lowest, "open")
    if highest in ("90", "99"):
        return "cancelled" if lowest in ("90", "99") else "open"
    if lowest >= "77":
        return "invoiced"
    if lowest >= "66":
        return "shipped"
    if highest >= "66":
        return "partly_shipped"
    if lowest >= "22":
        return "open"
    return "quote" if lowest == "05" else "pending"


def read_order(call: Call, order_id: str, *, lines: bool = True) -> dict[str, Json]:
    """The order and its lines. Raises `NotFound`."""
    erp = erp_of(call.settings)
    record = (
        _csi_head(call, order_id)
        if erp == "csi"
        else get_one(call, "OIS100MI", "GetHead", {"ORNO": order_id})
    )
    order = read_record(RESOURCES["salesorders"], erp, {"ORNO": order_id, **record})
    order["status"] = status_word(erp, str(order["lowest_status"]), str(order["highest_status"]))
    if lines:
        order["lines"] = _csi_lines(call, str(record["CoNum"])) if erp == "csi" else _m3_lines(call, order_id)
    return order


def _csi_head(call: Call, order_id: str) -> dict[str, Json]:
    """Numbers that look like numbers are right-justified to ten places; both spellings are asked for."""
    both = ",".join(quoted(one) for one in dict.fromkeys((order_id, order_id.strip().rjust(10))))
    for found in load(call, "SLCos", properties="*", filter=f"CoNum IN ({both})"):
        return dict(found)
    raise NotFound(
        f"CSI has no order {order_id}. Correct the number and retry.", code="not_found", pointer="/order_id"
    )


def _csi_lines(call: Call, number: str) -> list[Json]:
    found = load(call, "SLCoitems", properties="*", filter=f"CoNum = {quoted(number)}", orderby="CoLine")
    names = ("CoLine", "Item", "Description", "QtyOrderedConv", "PriceConv", "Stat")
    return [_line(*(one.get(name) for name in names)) for one in found]


def _m3_lines(call: Call, order_id: str) -> list[Json]:
    names = ("PONR", "ITNO", "ITDS", "ORQT", "NEPR", "ORST")
    return [
        _line(*(one.get(name) for name in names))
        for one in listed(call, "OIS100MI", "LstLine", {"ORNO": order_id})
    ]


def _line(number: Json, item: Json, description: Json, quantity: Json, price: Json, status: Json) -> Json:
    texts = {"line": number, "item_id": item, "description": description, "status": status}
    plain = {name: str(value or "").strip() for name, value in texts.items()}
    numbers = {"quantity": number_of(quantity), "unit_price": number_of(price)}
    return {**plain, **{name: value for name, value in numbers.items() if value}}


def invoices_of(call: Call, order_id: str) -> list[dict[str, Json]]:
    """The invoices made of this order, by shipping in both ERPs."""
    resource, erp = RESOURCES["invoices"], erp_of(call.settings)
    if erp == "m3":
        found = listed(call, "OIS350MI", "LstAllInvByCO", {"ORNO": order_id})
    else:
        number = quoted(order_id.strip().rjust(10))
        found = list(load(call, "SLArtrans", properties="*", filter=f"CoNum = {number} AND Type = 'I'"))
    return [read_record(resource, erp, one) for one in found]


def order_standing(call: Call, order_id: str) -> Standing:
    """Whether an order made earlier is still there."""
    try:
        order = read_order(call, order_id, lines=False)
    except NotFound:
        return "gone"
    return "void" if order["status"] == "cancelled" else "stands"
