"""Write the invoice's id on the deal's box."""

from collections.abc import Sequence

from connectors.sdk.errors import NotFound
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Standing, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
    body = {"invoice_id": data["invoice_id"]}
    return Request("POST", path_of("boxes", data["box_key"]), json=body, far_id=data["box_key"])


def result(data: Json, _response: Response) -> Json:
    return {"box_key": data["box_key"]}


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """Read back: the update happened when the box holds what was sent."""
    try:
        box = call.get(request.path)
    except NotFound:
        return []
    held = box["invoice_id"] == request.json["invoice_id"]
    return [Match(request.far_id, {"box_key": request.far_id}, matched_by="read back")] if held else []


def standing(_call: Call, _far_id: str) -> Standing:
    return "stands"


OPERATION = Write(
    title="Update a box",
    effect="update",
    record="box",
    input=obj(
        {"box_key": text("Box key", shortest=1), "invoice_id": text("Invoice id", shortest=1)},
        required=("box_key", "invoice_id"),
    ),
    output=obj({"box_key": text("Box key")}, required=("box_key",)),
    sample={"box_key": "b1"},
    idempotency=Idempotency("lookup", scope="the box: it is read back and compared"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["box_key"]),
    unmarked=lambda request: request.json,
    find=find,
    standing=standing,
)
