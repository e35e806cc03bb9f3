"""A sales order in M3: a temporary order with its lines, then Confirm. Only Confirm makes an order of it.

A temporary order nobody confirms is no order, so whatever is lost before Confirm did not happen: the whole is done again with
a new one. A lost Confirm is asked about, by the temporary number here and by our mark (YREF) among the customer's orders later.
"""

from collections.abc import Mapping, Sequence

from connectors.infor.m3 import bulk, first_of, get_one, listed, pick, transact
from connectors.sdk.errors import Conflict, Data, Failure, NotFound, OutcomeUnknown, RateLimited, Transient
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json, Request, Response

__all__ = ["M3_ORDER", "order_with_mark", "place_m3_order"]

M3_ORDER = "/sequences/m3-order"
"""The path that stands for the requests of one order; its body is {"head": fields, "lines": [fields]}."""
PROGRAM = "OIS100MI"
CREDIT_STOP = "30"


def order_with_mark(call: Call, customer: str, mark: str) -> list[Json]:
    """The customer's real orders with this reference: a list of the order table, not a search."""
    found = transact(call, "OIS175MI", "LstHeadByRef", {"CUNO": customer, "YREF": mark}, most=0)
    return [one for one in found if pick(one, "YREF") == mark]


def place_m3_order(call: Call, request: Request) -> Response:
    """Carry the request out; its answer is {"ORNO", "STAT"}. Raises `Failure`, `OutcomeUnknown` only from Confirm on."""
    head, lines = request.json["head"], request.json["lines"]
    standing = order_with_mark(call, head["CUNO"], head["YREF"])
    if standing:
        return _made(pick(standing[0], "ORNO"), pick(standing[0], "STAT"))
    temporary = _temporary(call, head)
    try:
        _add_lines(call, temporary, lines)
    except (Data, NotFound, Conflict):
        _forget(call, temporary)
        raise
    return _confirm(call, temporary, head["CUNO"])


def _temporary(call: Call, head: Mapping[str, Json]) -> str:
    try:
        number = pick(first_of(bulk(call, PROGRAM, [("AddBatchHead", head)])), "ORNO")
    except OutcomeUnknown as lost:
        raise _did_not_happen(lost) from lost
    if not number:
        raise Transient("M3 gave the temporary order no number.", code="no_number")
    return number


def _add_lines(call: Call, temporary: str, lines: Sequence[Mapping[str, Json]]) -> None:
    """All lines in one bulk. A refused one is named by its place in the order."""
    added = [("AddBatchLine", {**line, "ORNO": temporary}) for line in lines]
    try:
        bulk(call, PROGRAM, added)
    except OutcomeUnknown as lost:
        raise _did_not_happen(lost) from lost


def _confirm(call: Call, temporary: str, customer: str) -> Response:
    try:
        answer = first_of(bulk(call, PROGRAM, [("Confirm", {"ORNO": temporary})]))
    except OutcomeUnknown as lost:
        return _made(_transferred(call, temporary, lost), "")
    except (Data, NotFound, Conflict) as refused:
        raise _explained(call, temporary, customer, refused) from refused
    number, status = pick(answer, "ORNO"), pick(answer, "STAT")
    if number:
        return _made(number, status)
    raise _explained(call, temporary, customer, None, credit_stop=status == CREDIT_STOP)


def _transferred(call: Call, temporary: str, lost: OutcomeUnknown) -> str:
    """The real number the temporary order has got meanwhile. Raises the loss when it has none, or can't be asked."""
    try:
        number = pick(get_one(call, "OIS275MI", "GetTmpOrderStat", {"ORNO": temporary}), "ORNR")
    except Failure as failure:
        raise lost from failure
    if not number:
        raise lost
    return number


def _explained(
    call: Call, temporary: str, customer: str, refused: Failure | None, *, credit_stop: bool = False
) -> Failure:
    """Why M3 did not confirm, in its own words; the temporary order is removed, so that a retry begins anew."""
    told = _messages(call, temporary)
    _forget(call, temporary)
    said = "; ".join(told) or (refused.sentence if refused else "M3 gave no reason")
    if credit_stop:
        sentence = f"M3 did not take the order: customer {customer} is on credit stop. Release the customer in M3, then retry."
        return Conflict(sentence, code="credit_stop", pointer="/customer_id", detail=said)
    return Data(
        f"M3 did not confirm the order: {said}. Correct it and retry.", code="not_confirmed", detail=said
    )


def _messages(call: Call, temporary: str) -> list[str]:
    try:
        found = listed(call, PROGRAM, "LstErrMsgOrder", {"ORNO": temporary})
    except Failure:
        return []
    return [text for one in found if (text := pick(one, "TX60"))]


def _forget(call: Call, temporary: str) -> None:
    """Remove a temporary order that will not be confirmed. One that can't be removed does no harm."""
    try:
        bulk(call, PROGRAM, [("DelBatchHead", {"ORNO": temporary})])
    except (Data, NotFound, Conflict, OutcomeUnknown, Transient, RateLimited):
        return


def _did_not_happen(lost: OutcomeUnknown) -> Transient:
    sentence = "Infor did not answer while the order was prepared. No order was made; it is tried again."
    return Transient(sentence, code="lost_before_confirm", detail=lost.detail or lost.sentence)


def _made(number: str, status: str) -> Response:
    return Response(200, {}, {"ORNO": number, "STAT": status}, "")
