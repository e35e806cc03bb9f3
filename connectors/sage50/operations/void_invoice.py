"""Void a sales invoice; a draft is deleted instead."""

from collections.abc import Sequence

from connectors.sage50.invoices import invoice_output, standing_of
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import choice, obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
    path = path_of("sales_invoices", data["invoice_id"])
    return Request("DELETE", path, {"void_reason": data["reason"]}, far_id=data["invoice_id"])


def result(data: Json, response: Response) -> Json:
    """200 with the void invoice, or 204 when a draft was deleted."""
    status = invoice_output(response.json)["status"] if response.json else "DELETED"
    return {"id": data["invoice_id"], "status": status}


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """It happened when the invoice is void or gone."""
    now = standing_of(call, request.far_id)
    if now == "stands":
        return []
    output = {"id": request.far_id, "status": "VOID" if now == "void" else "DELETED"}
    return [Match(request.far_id, output, matched_by="read back")]


OPERATION = Write(
    title="Void a sales invoice",
    help="A posted invoice becomes void and keeps its number; a draft is deleted.",
    effect="delete",
    record="sales_invoice",
    input=obj(
        {"invoice_id": text("Invoice id", shortest=1), "reason": text("Reason", shortest=1, longest=200)},
        required=("invoice_id", "reason"),
    ),
    output=obj(
        {"id": text("Invoice id"), "status": choice("Status", ["VOID", "DELETED"])}, required=("id", "status")
    ),
    sample={"id": "e3a1c0de5a6e4f0d8b1f0c2d3e4f5a6b", "status": "VOID"},
    idempotency=Idempotency("lookup", scope="the invoice: it is read back"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=lambda request: {"far_id": request.far_id, **request.query},
    find=find,
)
