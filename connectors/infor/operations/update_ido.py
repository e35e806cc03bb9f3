"""Change a row of any CSI collection, by its `_ItemId`: refused when somebody else has changed it meanwhile."""

from collections.abc import Sequence

from connectors.infor.csi import change, fields_of, item_in, load, update_request
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
    values = {name: None if value is None else str(value) for name, value in data["values"].items()}
    return update_request(data["ido"], change(2, values, data["item_id"]), data["row_pointer"])


def result(data: Json, response: Response) -> Json:
    row = item_in(response)
    return {"row_pointer": data["row_pointer"], "item_id": row["_ItemId"], "values": row}


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """Read back: it happened when the row holds what was sent."""
    sent = fields_of(request.json["Changes"][0])
    names = ",".join(["RowPointer", *sent])
    for row in load(
        call, request.json["IDOName"], properties=names, filter=f"RowPointer = '{request.far_id}'"
    ):
        if all(str(row.get(name) or "").strip() == str(value or "").strip() for name, value in sent.items()):
            output = {"row_pointer": request.far_id, "item_id": row["_ItemId"], "values": row}
            return [Match(request.far_id, output, matched_by="read back")]
    return []


OPERATION = Write(
    title="Update a CSI row",
    help="Columns of joined tables are dropped by CSI without a word: change only the collection's own.",
    effect="update",
    record="csi_row",
    input=obj(
        {
            "ido": text("Collection", help="Such as SLCustomers.", shortest=1, longest=80),
            "row_pointer": text("RowPointer", help="As “Load rows” gave it.", pattern="^[0-9A-Za-z-]{1,64}$"),
            "item_id": text("_ItemId", help="As “Load rows” gave it.", shortest=1),
            "values": obj({}, title="Values", more=True),
        },
        required=("ido", "row_pointer", "item_id", "values"),
    ),
    output=obj(
        {
            "row_pointer": text("RowPointer"),
            "item_id": text("_ItemId"),
            "values": obj({}, title="Values", more=True),
        },
        required=("row_pointer", "item_id", "values"),
    ),
    sample={
        "row_pointer": "00000001-0000-4000-8000-000000000000",
        "item_id": "PBT=[customer] …",
        "values": {"Name": "Larch"},
    },
    idempotency=Idempotency("lookup", scope="the row: it is read back and compared"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["row_pointer"]),
    unmarked=lambda request: request.json,
    find=find,
)
