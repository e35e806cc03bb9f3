"""Book what a customer paid, set against invoices or left on account."""

from connectors.sage50.receipts import PART, RECEIPT, amount_of, receipt_body
from connectors.sage50.records import make, matching
from connectors.sdk.schema import date, decimal, items, obj, text

OPERATION = make(
    RECEIPT,
    "Book a customer's receipt",
    obj(
        {
            "customer_id": text("Customer id", shortest=1),
            "bank_account_id": text("Bank account", shortest=1, x_options="bank_accounts"),
            "date": date("Date"),
            "total_amount": decimal("Amount", currency="/currency"),
            "reference": text("Reference", help="Such as the bank's; empty for one of ours.", longest=25),
            "currency": text("Currency", help="Three letters, such as GBP.", longest=3),
            "exchange_rate": decimal("Exchange rate", help="Only for another currency than the business's."),
            "allocated": items("Set against", PART, help="What isn't set against stays on account."),
        },
        required=("customer_id", "bank_account_id", "date", "total_amount"),
    ),
    receipt_body,
    matching(
        RECEIPT,
        "the customer's receipt of that day with the same bank account, amount and reference",
        lambda sent: {"contact_id": sent["contact_id"], "from_date": sent["date"], "to_date": sent["date"]},
        ("contact_id", "bank_account_id", "date", "total_amount", "reference"),
    ),
    effect="append",
    amount=amount_of,
    help="Sage refuses more than an invoice's outstanding amount.",
)
