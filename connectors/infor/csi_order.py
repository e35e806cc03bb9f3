"""A customer order in CSI: the header, then its lines one by one. There is no transaction around them.

The header is inserted as planned (P) and set to ordered (O) when its last line is in, so that an order that was broken off is not
worked on. It is found by our mark (ExternalConfirmationRef); being carried out again adds the lines that are missing.
"""

from collections.abc import Mapping

from connectors.infor.csi import change, item_in, load, quoted, update_request
from connectors.sdk.errors import Failure, OutcomeUnknown
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json, Request, Response

__all__ = ["CSI_ORDER", "order_of", "place_csi_order"]

CSI_ORDER = "/sequences/csi-order"
"""The path that stands for the requests of one order; its body is {"head": properties, "lines": [properties]}."""
PLANNED, ORDERED = "P", "O"
_ORDER = "CoNum,CustNum,CustPo,Stat,OrderDate,Price,CurrCode,RecordDate,RowPointer"


def order_of(call: Call, mark: str) -> list[Json]:
    """The orders with our mark."""
    return list(load(call, "SLCos", properties=_ORDER, filter=f"ExternalConfirmationRef = {quoted(mark)}"))


def place_csi_order(call: Call, request: Request) -> Response:
    """Carry the request out; its answer is the order's row. Raises `Failure`."""
    head, lines = request.json["head"], request.json["lines"]
    standing = order_of(call, head["ExternalConfirmationRef"])
    order = standing[0] if standing else _insert(call, "SLCos", {**head, "Stat": PLANNED})
    try:
        _finish(call, order, lines)
    except OutcomeUnknown:
        raise
    except Failure as failure:
        failure.info["order_id"] = str(order["CoNum"]).strip()
        failure.sentence += (
            f" Order {failure.info['order_id']} stays planned in CSI and goes on with the retry."
        )
        failure.args = (failure.sentence,)
        raise
    return Response(200, {}, order_of(call, head["ExternalConfirmationRef"])[0], "")


def _finish(call: Call, order: Json, lines: list[Mapping[str, Json]]) -> None:
    number = str(order["CoNum"])
    there = load(call, "SLCoitems", properties="CoNum,CoLine", filter=f"CoNum = {quoted(number)}")
    done = {str(one["CoLine"]) for one in there}
    for line in lines:
        if str(line["CoLine"]) not in done:
            _insert(call, "SLCoitems", {**line, "CoNum": number})
    current = next(iter(load(call, "SLCos", properties="CoNum,Stat", filter=f"CoNum = {quoted(number)}")))
    if str(current.get("Stat")) == PLANNED:
        call.send(update_request("SLCos", change(2, {"Stat": ORDERED}, str(current["_ItemId"])), number))


def _insert(call: Call, ido: str, values: Mapping[str, Json]) -> dict[str, Json]:
    return item_in(call.send(update_request(ido, change(1, values))))
