"""An invoice as it is sent to Sage: the fields a flow gives, with nominal codes as ledger accounts."""

from connectors.sage50.ledger import account_id, tax_percentage
from connectors.sdk.errors import Data
from connectors.sdk.numbers import decimal_of
from connectors.sdk.operation import Call
from connectors.sdk.schema import date, decimal, items, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["INVOICE_FIELDS", "INVOICE_REQUIRED", "NOTES_LONGEST", "invoice_body", "invoice_lines"]

NOTES_LONGEST = 1900
"""Characters of a flow's notes: Sage takes 2,000, and our mark stands behind them."""

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

INVOICE_FIELDS: dict[str, Schema] = {
    "customer_id": text("Customer id", shortest=1),
    "date": date("Invoice date"),
    "due_date": date("Due date"),
    "reference": text("Reference", longest=25),
    "currency": text("Currency", help="Three letters, such as GBP.", longest=3),
    "notes": text("Notes", longest=NOTES_LONGEST),
    "lines": items("Lines", _LINE, minItems=1),
}
INVOICE_REQUIRED = ("customer_id", "date", "lines")


def invoice_body(call: Call, data: Json, notes: str) -> dict[str, Json]:
    """The `sales_invoice` object; amounts go out as the decimal texts they came in as. Raises `Data` with its place."""
    invoice: dict[str, Json] = {
        "contact_id": data["customer_id"],
        "date": data["date"],
        "reference": data.get("reference", ""),
        "notes": notes,
        "invoice_lines": invoice_lines(call, data["lines"]),
    }
    if data.get("due_date"):
        invoice["due_date"] = data["due_date"]
    if data.get("currency"):
        invoice["currency_id"] = data["currency"]
    return invoice


def invoice_lines(call: Call, lines: Json) -> list[Json]:
    """The lines as Sage takes them, of a quote or estimate too. Raises `Data` with its place."""
    return [_line(call, line, number) for number, line in enumerate(lines)]


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
