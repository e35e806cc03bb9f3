"""Find items by a part of their number or name."""

from connectors.infor.csi import load, quoted
from connectors.infor.m3 import transact
from connectors.infor.records import ITEM, ITEM_SAMPLE
from connectors.infor.resources import RESOURCES, read_record
from connectors.infor.settings import erp_of
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    erp, wanted = erp_of(call.settings), data["text"].strip()
    if erp == "csi":
        found = list(
            load(call, "SLItems", properties="*", filter=f"Description LIKE {quoted(f'%{wanted}%')}")
        )
        found += list(load(call, "SLItems", properties="*", filter=f"Item = {quoted(wanted)}"))
    else:
        found = transact(call, "MMS200MI", "SearchItem", {"SQRY": wanted})
    read = [read_record(RESOURCES["products"], erp, one) for one in found]
    return {"items": [one for number, one in enumerate(read) if one not in read[:number]]}


OPERATION = Read(
    title="Find items",
    input=obj({"text": text("Number or name", shortest=1, longest=60)}, required=("text",)),
    output=obj({"items": items("Items", ITEM)}, required=("items",)),
    sample={"items": [ITEM_SAMPLE]},
    run=run,
)
