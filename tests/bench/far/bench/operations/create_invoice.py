"""Make an invoice, once, by the target's idempotency header."""

from collections.abc import Mapping, Sequence

from connectors.bench.client import NATIVE, key_header  # type: ignore[import-not-found]  # dropped in by the settings

from connectors.sdk.errors import NotFound
from connectors.sdk.operation import Call, Mark, Match, Standing, Write
from connectors.sdk.schema import date, decimal, items, obj, text
from connectors.sdk.wire import Json, Request, Response

LINE = obj(
    {
        "item": text("Item", shortest=1),
        "description": text("Description"),
        "date": date("Date"),
        "quantity": decimal("Quantity"),
        "unit_price": decimal("Unit price"),
        "net": decimal("Net"),
        "tax": decimal("Tax"),
    },
    required=("item", "date", "quantity", "unit_price", "net", "tax"),
)
INVOICE = obj(
    {
        "customer_id": text("Customer id", shortest=1),
        "reference": text("Reference", shortest=1),
        "date": date("Date"),
        "status": text("Status", shortest=1),
        "currency": text("Currency", shortest=3, longest=3),
        "lines": items("Lines", LINE),
        "total": decimal("Total, tax included"),
    },
    required=("customer_id", "reference", "date", "status", "currency", "lines", "total"),
)


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    return Request("POST", "/invoices", json=dict(data), headers=key_header(mark))


def result(_data: Json, response: Response) -> Json:
    return _output(response.json)


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    answer = call.get("/invoices", {"reference": request.json["reference"]})
    return [Match(str(one["id"]), _output(one), matched_by="reference") for one in answer["results"]]


def standing(call: Call, far_id: str) -> Standing:
    try:
        call.get(f"/invoices/{far_id}")
    except NotFound:
        return "gone"
    return "stands"


def _output(invoice: Json) -> Json:
    return {"id": str(invoice["id"]), "total": invoice["total"], "currency": invoice["currency"]}


def _amount(output: Json) -> Mapping[str, str]:
    return {"amount": output["total"], "currency": output["currency"]}


OPERATION = Write(
    title="Create an invoice",
    effect="create",
    record="invoice",
    input=INVOICE,
    output=obj(
        {"id": text("Id"), "total": decimal("Total"), "currency": text("Currency")},
        required=("id", "total", "currency"),
    ),
    sample={"id": "i1", "total": "120.00", "currency": "GBP"},
    idempotency=NATIVE,
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=lambda request: request.json,
    find=find,
    standing=standing,
    amount=_amount,
)
