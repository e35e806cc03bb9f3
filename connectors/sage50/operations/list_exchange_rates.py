"""List the exchange rates Sage has today."""

from connectors.sage50.records import Kind, id_of, listing
from connectors.sdk.numbers import decimal_text
from connectors.sdk.schema import decimal, obj, text
from connectors.sdk.wire import Json


def output(rate: Json) -> Json:
    return {
        "currency": id_of(rate.get("currency")),
        "base_currency": id_of(rate.get("base_currency")),
        "rate": decimal_text(rate.get("rate")),
        "inverse_rate": decimal_text(rate.get("inverse_rate")),
    }


KIND = Kind(
    path="exchange_rates",
    name="exchange_rate",
    noun="exchange rate",
    key="exchange_rate_id",
    plural="exchange_rates",
    schema=obj(
        {
            "currency": text("Currency"),
            "base_currency": text("The business's own currency"),
            "rate": decimal("Rate", help="How much of the currency one of the business's own buys."),
            "inverse_rate": decimal("Inverse rate"),
        },
        required=("currency", "base_currency", "rate", "inverse_rate"),
    ),
    output=output,
    sample={"currency": "EUR", "base_currency": "GBP", "rate": "1.17", "inverse_rate": "0.85470085"},
)
OPERATION = listing(KIND, "List exchange rates", {})
