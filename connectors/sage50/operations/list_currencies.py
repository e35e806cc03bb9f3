"""List the currencies Sage knows."""

from connectors.sage50.records import Kind, listing
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json


def output(currency: Json) -> Json:
    return {"id": str(currency["id"]), "name": str(currency.get("displayed_as") or currency["id"])}


KIND = Kind(
    path="currencies",
    name="currency",
    noun="currency",
    key="currency_id",
    plural="currencies",
    schema=obj({"id": text("Currency"), "name": text("Name")}, required=("id", "name")),
    output=output,
    sample={"id": "GBP", "name": "Pound Sterling (GBP)"},
)
OPERATION = listing(KIND, "List currencies", {})
