"""What an item costs this customer."""

from connectors.infor.csi import load, quoted
from connectors.infor.m3 import get_one, pick
from connectors.infor.resources import number_of
from connectors.infor.settings import erp_of
from connectors.sdk.errors import NotFound
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import decimal, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    if erp_of(call.settings) == "csi":
        return _csi(call, data)
    fields = {
        "CUNO": data["customer_id"],
        "ITNO": data["item_id"],
        "ORQA": data.get("quantity"),
        "CUCD": data.get("currency"),
    }
    found = get_one(call, "OIS320MI", "GetPriceLine", fields)
    return {
        "price": number_of(found.get("SAPR")) or "0",
        "currency": pick(found, "CUCD"),
        "price_quantity": number_of(found.get("SACD")) or "1",
        "unit": pick(found, "SPUN"),
        "origin": pick(found, "PRMO"),
    }


def _csi(call: Call, data: Json) -> Json:
    """The item's own price: prices agreed with a customer are worked out by CSI when the line is entered."""
    wanted = f"Item = {quoted(data['item_id'])}"
    for found in load(call, "SLItemprices", properties="*", filter=wanted):
        if data.get("currency") in (None, "", found.get("CurrCode")):
            price = number_of(found.get("UnitPrice1")) or "0"
            return {
                "price": price,
                "currency": str(found.get("CurrCode") or ""),
                "price_quantity": "1",
                "unit": "",
                "origin": "ITEM",
            }
    raise NotFound(
        f"CSI has no price of {data['item_id']}. Correct the item or enter its price.",
        code="not_found",
        pointer="/item_id",
    )


OPERATION = Read(
    title="Get an item's price",
    help="M3: the price for this customer. CSI: the item's own price.",
    input=obj(
        {
            "customer_id": text("Customer number", shortest=1),
            "item_id": text("Item number", shortest=1),
            "quantity": decimal("Quantity"),
            "currency": text("Currency", longest=3),
        },
        required=("customer_id", "item_id"),
    ),
    output=obj(
        {
            "price": decimal("Price", currency="/currency"),
            "currency": text("Currency"),
            "price_quantity": decimal("Price is for", help="How many units the price is for."),
            "unit": text("Price unit"),
            "origin": text("Origin"),
        },
        required=("price", "currency", "price_quantity"),
    ),
    sample={"price": "27.09", "currency": "GBP", "price_quantity": "1", "unit": "PCS", "origin": "ITEM"},
    run=run,
)
