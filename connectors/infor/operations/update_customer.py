"""Change fields of a customer; others stay as they are."""

from collections.abc import Sequence

from connectors.infor.csi import change, fields_of, update_request
from connectors.infor.customers import CUSTOMER, CUSTOMER_SAMPLE, CUSTOMERS, customer_standing, row_of
from connectors.infor.m3 import pick, writing
from connectors.infor.resources import read_record
from connectors.infor.settings import erp_of
from connectors.sdk.errors import Data, NotFound
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request, Response

_FIELDS = {
    "name": text("Company name", shortest=1, longest=36),
    "email": text("E-mail", longest=50),
    "phone": text("Phone", longest=16),
    "line1": text("Address line 1", longest=36),
    "line2": text("Address line 2", longest=36),
    "city": text("City", longest=20),
    "postal_code": text("Postal code", longest=10),
    "country": text("Country", longest=3),
}
_LOCKS = frozenset({"CHNO", "CUNO"})


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    """With the change number (M3) or item id (CSI) read just now, so that somebody else's change isn't run over."""
    given = {name: data[name] for name in _FIELDS if data.get(name)}
    if not given:
        raise Data("Map at least one field to change.", code="nothing_to_change")
    row = row_of(call, data["customer_id"])
    if erp_of(call.settings) == "csi":
        values = {CUSTOMERS.fields[name][1]: value for name, value in given.items()}
        return update_request("SLCustomers", change(2, values, str(row["_ItemId"])), data["customer_id"])
    record = {CUSTOMERS.fields[name][0]: value for name, value in given.items()}
    locked = {"CUNO": data["customer_id"], "CHNO": pick(row, "CHNO"), **record}
    return writing(call.settings, "CRS610MI", [("ChgBasicData", locked)], data["customer_id"])


def result(data: Json, _response: Response) -> Json:
    given = {name: data[name] for name in _FIELDS if data.get(name)}
    return {"name": "", **given, "customer_id": data["customer_id"]}


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """Read back: it happened when the customer holds what was sent."""
    try:
        row = row_of(call, request.far_id)
    except NotFound:
        return []
    if any(str(row.get(name) or "").strip() != str(value).strip() for name, value in _sent(request).items()):
        return []
    output = read_record(CUSTOMERS, erp_of(call.settings), row)
    return [Match(request.far_id, output, matched_by="read back")]


def _sent(request: Request) -> dict[str, Json]:
    if "Changes" in request.json:
        return fields_of(request.json["Changes"][0])
    record = request.json["transactions"][0]["record"]
    return {name: value for name, value in record.items() if name not in _LOCKS}


OPERATION = Write(
    title="Update a customer",
    help="Writes the fields that are mapped; a field left empty stays as it is.",
    effect="update",
    record="customer",
    input=obj({"customer_id": text("Customer number", shortest=1), **_FIELDS}, required=("customer_id",)),
    output=CUSTOMER,
    sample=CUSTOMER_SAMPLE,
    idempotency=Idempotency("lookup", scope="the customer: it is read back and compared"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["customer_id"]),
    unmarked=_sent,
    find=find,
    standing=customer_standing,
)
