"""Make a sales invoice, as a draft unless told to post it."""

from collections.abc import Sequence

from connectors.sage50.client import pages
from connectors.sage50.idempotency import NATIVE
from connectors.sage50.invoices import INVOICE, INVOICE_SAMPLE, amount_of, invoice_output, standing_of
from connectors.sage50.ledger import account_id, tax_percentage
from connectors.sdk.errors import Data
from connectors.sdk.marks import has_mark, stamp, unstamp
from connectors.sdk.numbers import decimal_of
from connectors.sdk.operation import Call, Mark, Match, Write
from connectors.sdk.schema import choice, date, decimal, items, obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(call: Call, data: Json, mark: Mark) -> Request:
    """The request with nominal codes as ledger account ids; amounts go out as the decimal texts they came in as."""
    invoice: dict[str, Json] = {
        "idempotency_id": mark.guid,
        "contact_id": data["customer_id"],
        "date": data["date"],
        "reference": data.get("reference", ""),
        "notes": stamp(data.get("notes", ""), mark),
        "invoice_lines": [_line(call, line, number) for number, line in enumerate(data["lines"])],
    }
    if data.get("due_date"):
        invoice["due_date"] = data["due_date"]
    if data.get("currency"):
        invoice["currency_id"] = data["currency"]
    if data.get("status", "draft") == "draft":
        invoice["status_id"] = "DRAFT"
    return Request("POST", "/sales_invoices", json={"sales_invoice": invoice})


def result(_data: Json, response: Response) -> Json:
    return invoice_output(response.json)


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """Among the customer's invoices of that day (a list, not a search), the ones whose notes carry our mark."""
    sent = request.json["sales_invoice"]
    query = {"contact_id": sent["contact_id"], "from_date": sent["date"], "to_date": sent["date"]}
    return [
        Match(str(one["id"]), invoice_output(one), str(one.get("created_at") or ""), "mark in the notes")
        for one in pages(call, "/sales_invoices", query)
        if has_mark(one.get("notes"), mark)
    ]


def unmarked(request: Request) -> Json:
    """The invoice without our markers."""
    invoice = {
        name: value for name, value in request.json["sales_invoice"].items() if name != "idempotency_id"
    }
    return {**invoice, "notes": unstamp(invoice["notes"])}


def _line(call: Call, line: Json, number: int) -> dict[str, Json]:
    where = f"/lines/{number}"
    sent: dict[str, Json] = {
        "description": line["description"],
        "ledger_account_id": account_id(call, line["nominal_code"], f"{where}/nominal_code"),
        "quantity": line["quantity"],
        "unit_price": line["unit_price"],
        "tax_rate_id": line["tax_rate_id"],
    }
    taxed = tax_percentage(call, line["tax_rate_id"], f"{where}/tax_rate_id") > 0
    if "tax_amount" in line:
        sent["tax_amount"] = line["tax_amount"]
    elif taxed:
        raise Data(
            "A line with a tax rate needs its tax amount.",
            code="tax_amount_missing",
            pointer=f"{where}/tax_amount",
        )
    if not taxed and decimal_of(sent.get("tax_amount", "0")) != 0:
        raise Data(
            "A line without tax has a tax amount.", code="tax_amount_wrong", pointer=f"{where}/tax_amount"
        )
    return sent


_LINE = obj(
    {
        "description": text("Description", shortest=1),
        "quantity": decimal("Quantity"),
        "unit_price": decimal("Unit price", currency="/currency"),
        "nominal_code": text(
            "Nominal code", help="The ledger account, such as 4000.", shortest=1, x_options="ledger_accounts"
        ),
        "tax_rate_id": text("Tax rate", help="Such as GB_STANDARD.", shortest=1, x_options="tax_rates"),
        "tax_amount": decimal(
            "Tax amount", help="Of this line; not needed when the rate is zero.", currency="/currency"
        ),
    },
    required=("description", "quantity", "unit_price", "nominal_code", "tax_rate_id"),
)

OPERATION = Write(
    title="Create a sales invoice",
    effect="create",
    record="sales_invoice",
    input=obj(
        {
            "customer_id": text("Customer id", shortest=1),
            "date": date("Invoice date"),
            "due_date": date("Due date"),
            "reference": text("Reference", longest=25),
            "currency": text("Currency", help="Three letters, such as GBP.", longest=3),
            "notes": text("Notes", longest=1900),
            "status": choice(
                "Status", ["draft", "open"], help="open: posted to the ledger at once.", default="draft"
            ),
            "lines": items("Lines", _LINE, minItems=1),
        },
        required=("customer_id", "date", "lines"),
    ),
    output=INVOICE,
    sample=INVOICE_SAMPLE,
    idempotency=NATIVE,
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=unmarked,
    find=find,
    standing=standing_of,
    amount=amount_of,
)
