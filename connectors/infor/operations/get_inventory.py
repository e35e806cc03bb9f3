"""What is in stock of an item, by warehouse."""

from connectors.infor.csi import load, quoted
from connectors.infor.m3 import listed
from connectors.infor.records import STOCK, STOCK_SAMPLE
from connectors.infor.resources import RESOURCES, read_record
from connectors.infor.settings import erp_of
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    erp, wanted = erp_of(call.settings), data.get("warehouse", "").strip()
    if erp == "csi":
        found = list(load(call, "SLItemwhses", properties="*", filter=f"Item = {quoted(data['item_id'])}"))
    else:
        found = listed(call, "MMS200MI", "LstItmWhsByItm", {"ITNO": data["item_id"]})
    read = [read_record(RESOURCES["inventory"], erp, one) for one in found]
    return {"balances": [one for one in read if not wanted or one["warehouse"] == wanted]}


OPERATION = Read(
    title="Get an item's inventory",
    input=obj(
        {"item_id": text("Item number", shortest=1), "warehouse": text("Warehouse", help="Empty for all.")},
        required=("item_id",),
    ),
    output=obj({"balances": items("Balances", STOCK)}, required=("balances",)),
    sample={"balances": [STOCK_SAMPLE]},
    run=run,
)
