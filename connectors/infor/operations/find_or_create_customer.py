"""Find the customer a company already is in Infor, or make it: once per company, whoever asks."""

from collections.abc import Sequence
from datetime import timedelta

from connectors.infor.csi import change, fields_of, item_in, update_request
from connectors.infor.customers import (
    CUSTOMER,
    CUSTOMER_SAMPLE,
    CUSTOMERS,
    by_key,
    customer_standing,
    existing,
    identities,
    search_key,
)
from connectors.infor.m3 import first_of, pick, writing
from connectors.infor.resources import read_record
from connectors.infor.settings import erp_of, setting
from connectors.sdk.errors import Data, OutcomeUnknown
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.schema import choice, obj, text
from connectors.sdk.wire import Json, Request, Response

_GIVEN = ("name", "email", "phone", "line1", "line2", "city", "postal_code", "country")


def prepare(call: Call, data: Json, mark: Mark) -> Request:
    """The key is the company's, else the effect's own mark: either way the customer can be listed by it."""
    key = search_key(data.get("company_key") or mark.token)
    given = {name: data[name].strip() for name in _GIVEN if data.get(name)}
    if erp_of(call.settings) == "csi":
        values = {CUSTOMERS.fields[name][1]: value for name, value in given.items()}
        return update_request("SLCustomers", change(1, {**values, "CustSeq": "0", "Charfld1": key}))
    if not given.get("line1"):
        sentence = "M3 needs the first address line of a new customer. Map a value to it and retry."
        raise Data(sentence, code="field_missing", pointer="/line1")
    record = {CUSTOMERS.fields[name][0]: value for name, value in given.items()}
    template = {"CUTM": setting(call.settings, "customer_template"), "ALCU": key}
    return writing(call.settings, "CRS610MI", [("Add", {**record, **template})])


def result(data: Json, response: Response) -> Json:
    """M3 gives only the number back, CSI the whole row."""
    if "RefreshItems" in (response.json or {}):
        return {**read_record(CUSTOMERS, "csi", item_in(response)), "matched_by": "created"}
    number = pick(first_of(response), "CUNO")
    if not number:
        raise OutcomeUnknown("M3 gave the customer no number.", code="no_number", detail=response.text[:500])
    given = {name: data[name].strip() for name in _GIVEN if data.get(name)}
    return {"customer_id": number, **given, "matched_by": "created"}


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """The customers with the key that was sent: a list of the customer table, not a search."""
    sent = _sent(request)
    key = str(sent.get("ALCU") or sent.get("Charfld1"))
    return [
        Match(str(one["customer_id"]), {**one, "matched_by": "created"}, matched_by="search key")
        for one in by_key(call, key)
    ]


def unmarked(request: Request) -> Json:
    return {name: value for name, value in _sent(request).items() if name not in ("ALCU", "Charfld1")}


def _sent(request: Request) -> dict[str, Json]:
    if "Changes" in request.json:
        return fields_of(request.json["Changes"][0])
    return dict(request.json["transactions"][0]["record"])


OPERATION = Write(
    title="Find or create a customer",
    help="Looks for the company's key, then the e-mail address, then the name; only if there is none, one is made.",
    effect="create",
    record="customer",
    input=obj(
        {
            "name": text("Company name", shortest=1, longest=36),
            "email": text("E-mail", longest=50),
            "company_key": text("Company key", help="The company's key in the CRM.", longest=255),
            "phone": text("Phone", longest=16),
            "line1": text("Address line 1", help="M3 needs it for a new customer.", longest=36),
            "line2": text("Address line 2", longest=36),
            "city": text("City", longest=20),
            "postal_code": text("Postal code", longest=10),
            "country": text("Country", help="M3's country code, such as GB.", longest=3),
            "on_name_match": choice(
                "When only the name matches",
                ["hold", "accept"],
                help="hold: ask a person; accept: take that customer.",
                default="hold",
            ),
        },
        required=("name",),
    ),
    output=CUSTOMER,
    sample={**CUSTOMER_SAMPLE, "matched_by": "email"},
    idempotency=Idempotency(
        "lookup",
        scope="the ERP's customers: our key is their search key (M3 ALCU, CSI Charfld1)",
        settle=timedelta(minutes=3),
    ),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["customer_id"]),
    unmarked=unmarked,
    find=find,
    standing=customer_standing,
    existing=existing,
    identities=identities,
)
