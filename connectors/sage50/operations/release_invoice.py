"""Post a draft invoice to the ledger."""

from collections.abc import Sequence

from connectors.sage50.invoices import (
    INVOICE,
    INVOICE_SAMPLE,
    amount_of,
    invoice_output,
    read_invoice,
    standing_of,
    status_of,
)
from connectors.sdk.errors import Conflict, NotFound
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    """Raises `Conflict` for an invoice that is no draft."""
    now = read_invoice(call, data["invoice_id"])
    if status_of(now) != "DRAFT":
        raise Conflict(
            f"{now.get('displayed_as') or 'The invoice'} is no draft; only a draft can be posted.",
            code="not_a_draft",
            pointer="/invoice_id",
        )
    path = f"{path_of('sales_invoices', data['invoice_id'])}/release"
    return Request("POST", path, json={}, far_id=data["invoice_id"])


def result(_data: Json, response: Response) -> Json:
    return invoice_output(response.json)


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """It happened when the invoice is no draft any more."""
    try:
        now = read_invoice(call, request.far_id)
    except NotFound:
        return []
    posted = status_of(now) not in ("DRAFT", "VOID", "")
    return [Match(request.far_id, invoice_output(now), matched_by="read back")] if posted else []


OPERATION = Write(
    title="Post a draft invoice",
    help="Releases the draft to the ledger; from then on it is only credited, never changed.",
    effect="update",
    record="sales_invoice",
    input=obj({"invoice_id": text("Invoice id", shortest=1)}, required=("invoice_id",)),
    output=INVOICE,
    sample={**INVOICE_SAMPLE, "status": "UNPAID"},
    idempotency=Idempotency("lookup", scope="the invoice: Sage posts a draft only once, and it is read back"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=lambda request: {"release": request.far_id},
    find=find,
    standing=standing_of,
    amount=amount_of,
)
