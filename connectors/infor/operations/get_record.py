"""Read one record of a generic resource, from M3 or CSI."""

from connectors.infor.facade import GETTABLE, get_record
from connectors.sdk.operation import Read
from connectors.sdk.schema import choice, obj, text

OPERATION = Read(
    title="Get a record",
    help="The same fields from M3 and CSI.",
    input=obj(
        {"resource": choice("Resource", GETTABLE), "record_id": text("Number", shortest=1)},
        required=("resource", "record_id"),
    ),
    output=obj({"record": obj({}, more=True, title="Record")}, required=("record",)),
    sample={
        "record": {
            "item_id": "TBL-1",
            "name": "Table, oak",
            "unit": "PCS",
            "price": "30.095",
            "currency": "GBP",
        }
    },
    run=lambda call, data: {"record": get_record(call, data["resource"], data["record_id"])},
)
