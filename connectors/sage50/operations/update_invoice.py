"""Write over a sales invoice that is still a draft: what is posted is never edited, only credited."""

from collections.abc import Sequence

from connectors.sage50.invoice_body import INVOICE_FIELDS, INVOICE_REQUIRED, invoice_body
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
from connectors.sdk.marks import restamp, unstamp
from connectors.sdk.numbers import decimal_of
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    """All of it, lines included: a change replaces them. The mark by which the invoice is recognised stays in its notes."""
    now = read_invoice(call, data["invoice_id"])
    if status_of(now) != "DRAFT":
        raise Conflict(
            f"{now.get('displayed_as') or 'The invoice'} is no draft any more. It can't be changed, only credited.",
            code="not_a_draft",
            pointer="/invoice_id",
        )
    notes = restamp(data.get("notes", ""), str(now.get("notes") or ""))
    body = {"sales_invoice": invoice_body(call, data, notes)}
    return Request("PUT", path_of("sales_invoices", data["invoice_id"]), json=body, far_id=data["invoice_id"])


def result(_data: Json, response: Response) -> Json:
    return invoice_output(response.json)


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """Read back: it happened when the invoice holds what was sent."""
    try:
        now = read_invoice(call, request.far_id)
    except NotFound:
        return []
    holds = _holds(now, request.json["sales_invoice"])
    return [Match(request.far_id, invoice_output(now), matched_by="read back")] if holds else []


def unmarked(request: Request) -> Json:
    invoice = request.json["sales_invoice"]
    return {**invoice, "notes": unstamp(invoice["notes"])}


def _holds(now: Json, sent: Json) -> bool:
    plain = all(
        str(now.get(name) or "") == str(sent.get(name) or "") for name in ("date", "reference", "notes")
    )
    lines = now.get("invoice_lines") or []
    wanted = sent["invoice_lines"]
    return (
        plain
        and str((now.get("contact") or {}).get("id")) == sent["contact_id"]
        and len(lines) == len(wanted)
        and all(_same_line(one, other) for one, other in zip(lines, wanted, strict=True))
    )


def _same_line(line: Json, sent: Json) -> bool:
    """Amounts by value: Sage gives numbers where we sent texts."""
    amounts = [name for name in ("quantity", "unit_price", "tax_amount") if name in sent]
    return line.get("description") == sent["description"] and all(
        decimal_of(line.get(name) or "0") == decimal_of(sent[name]) for name in amounts
    )


OPERATION = Write(
    title="Update a draft invoice",
    help="Replaces the whole draft. A posted invoice is refused: credit it and make a new one.",
    effect="update",
    record="sales_invoice",
    input=obj(
        {"invoice_id": text("Invoice id", shortest=1), **INVOICE_FIELDS},
        required=("invoice_id", *INVOICE_REQUIRED),
    ),
    output=INVOICE,
    sample=INVOICE_SAMPLE,
    idempotency=Idempotency("lookup", scope="the draft: it is read back and compared"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=unmarked,
    find=find,
    standing=standing_of,
    amount=amount_of,
)
