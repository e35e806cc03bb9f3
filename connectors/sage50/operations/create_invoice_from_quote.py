"""Turn a quote or estimate into an invoice: the same customer, lines and currency, and a link back to it."""

from connectors.sage50.credit import COMPENSATION, copied_lines
from connectors.sage50.idempotency import NATIVE
from connectors.sage50.invoices import (
    INVOICE,
    INVOICE_SAMPLE,
    amount_of,
    invoice_output,
    matches_of,
    standing_of,
    unmarked_invoice,
)
from connectors.sage50.quotes import ESTIMATE, QUOTE
from connectors.sage50.records import id_of, read_record
from connectors.sdk.errors import Conflict
from connectors.sdk.marks import stamp, unstamp
from connectors.sdk.numbers import decimal_text
from connectors.sdk.operation import Call, Mark, Write
from connectors.sdk.schema import choice, date, obj, text
from connectors.sdk.wire import Json, Request, Response

_KINDS = {"quote": QUOTE, "estimate": ESTIMATE}


def prepare(call: Call, data: Json, mark: Mark) -> Request:
    """Raises `Conflict` for a quote that an invoice was made of already."""
    kind = _KINDS[data.get("of", "quote")]
    quote = read_record(call, kind, data["quote_id"])
    if id_of(quote.get("invoice")):
        raise Conflict(
            f"{quote.get('displayed_as') or 'The quote'} has an invoice already.",
            code="already_invoiced",
            pointer="/quote_id",
            info={"invoice_id": id_of(quote["invoice"])},
        )
    invoice: dict[str, Json] = {
        "idempotency_id": mark.guid,
        "contact_id": id_of(quote.get("contact")),
        "date": data["date"],
        "reference": str(quote.get("reference") or "")[:25],
        "notes": stamp(unstamp(str(quote.get("notes") or "")), mark),
        "original_quote_estimate_id": data["quote_id"],
        "invoice_lines": copied_lines(quote.get(f"{kind.noun}_lines")),
        **({"due_date": data["due_date"]} if data.get("due_date") else {}),
        **({"currency_id": id_of(quote["currency"])} if quote.get("currency") else {}),
    }
    if quote.get("exchange_rate") is not None:
        invoice["exchange_rate"] = decimal_text(quote["exchange_rate"])
    if data.get("status", "draft") == "draft":
        invoice["status_id"] = "DRAFT"
    return Request("POST", "/sales_invoices", json={"sales_invoice": invoice})


def result(_data: Json, response: Response) -> Json:
    return invoice_output(response.json)


OPERATION = Write(
    title="Make an invoice of a quote",
    help="Sage has no step of its own for this: an invoice is made with the quote's lines and says which quote it is of.",
    effect="create",
    record="sales_invoice",
    input=obj(
        {
            "quote_id": text("Quote or estimate id", shortest=1),
            "of": choice("Which", ["quote", "estimate"], default="quote"),
            "date": date("Invoice date"),
            "due_date": date("Due date"),
            "status": choice(
                "Status", ["draft", "open"], help="open: posted to the ledger at once.", default="draft"
            ),
        },
        required=("quote_id", "date"),
    ),
    output=INVOICE,
    sample=INVOICE_SAMPLE,
    idempotency=NATIVE,
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=unmarked_invoice,
    find=matches_of,
    standing=standing_of,
    amount=amount_of,
    compensation=COMPENSATION,
)
