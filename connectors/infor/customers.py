"""Customers in M3 and CSI: finding the one a company already is, by our own key, then e-mail, then name."""

import base64
import hashlib
from collections.abc import Sequence

from connectors.infor.csi import load, quoted
from connectors.infor.m3 import get_one, transact, walked
from connectors.infor.resources import RESOURCES, read_record
from connectors.infor.settings import erp_of
from connectors.sdk.errors import Conflict, NotFound
from connectors.sdk.names import normal_company, normal_email
from connectors.sdk.operation import Call, Match, Standing
from connectors.sdk.schema import boolean, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = [
    "CUSTOMER", "CUSTOMERS", "CUSTOMER_SAMPLE", "by_key", "customer_standing", "existing", "find_customers", "identities", "read_customer",
    "row_of", "search_key",
]  # fmt: skip

CUSTOMERS = RESOURCES["customers"]
CUSTOMER: Schema = obj(
    {
        "customer_id": text("Customer number"),
        "name": text("Name"),
        "email": text("E-mail"),
        "phone": text("Phone"),
        "line1": text("Address line 1"),
        "line2": text("Address line 2"),
        "city": text("City"),
        "postal_code": text("Postal code"),
        "country": text("Country"),
        "currency": text("Currency"),
        "terms": text("Payment terms"),
        "on_hold": boolean("On hold"),
        "customer_key": text("Our key", help="The search key by which we recognise the customer."),
        "matched_by": text("Matched by"),
    },
    required=("customer_id", "name"),
)
CUSTOMER_SAMPLE: Json = {
    "customer_id": "C10002",
    "name": "Larch & Co",
    "email": "ida@larch.example",
    "phone": "+441134960102",
    "line1": "8 Sample Lane",
    "line2": "",
    "city": "Leeds",
    "postal_code": "",
    "country": "GB",
    "currency": "GBP",
    "terms": "30D",
    "on_hold": False,
    "customer_key": "K7QX2M9ADF",
}


def search_key(key: str) -> str:
    """Ten characters of our company key, for a field that M3 can list by (ALCU) and CSI can filter by (Charfld1)."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:10]


def read_customer(call: Call, customer_id: str) -> dict[str, Json]:
    """Raises `NotFound`."""
    return read_record(CUSTOMERS, erp_of(call.settings), row_of(call, customer_id))


def row_of(call: Call, customer_id: str) -> dict[str, Json]:
    """The customer as the ERP gives it, in CSI with its `_ItemId`. Raises `NotFound`."""
    if erp_of(call.settings) == "m3":
        return {"CUNO": customer_id, **get_one(call, "CRS610MI", "GetBasicData", {"CUNO": customer_id})}
    both = ",".join(quoted(one) for one in dict.fromkeys((customer_id, customer_id.strip().rjust(7))))
    for found in load(call, "SLCustomers", properties="*", filter=f"CustNum IN ({both}) AND CustSeq = 0"):
        return dict(found)
    raise NotFound(
        f"CSI has no customer {customer_id}. Correct the number and retry.",
        code="not_found",
        pointer="/customer_id",
    )


def by_key(call: Call, key: str) -> list[dict[str, Json]]:
    """The customers with this search key."""
    if erp_of(call.settings) == "csi":
        found = list(load(call, "SLCustomers", properties="*", filter=f"Charfld1 = {quoted(key)}"))
    else:
        found = [
            one
            for one in transact(call, "CRS610MI", "LstBySearchKey", {"ALCU": key})
            if one.get("ALCU") == key
        ]
    return [read_record(CUSTOMERS, erp_of(call.settings), one) for one in found]


def find_customers(call: Call, *, email: str = "", name: str = "") -> list[dict[str, Json]]:
    """Customers with this address, else those of this company name whatever its legal form."""
    erp = erp_of(call.settings)
    if email:
        rows = _by_email(call, erp, email)
        read = [read_record(CUSTOMERS, erp, one) for one in rows]
        return [one for one in read if normal_email(str(one["email"])) == normal_email(email)]
    read = [read_record(CUSTOMERS, erp, one) for one in _by_name(call, erp, name)]
    return [one for one in read if normal_company(str(one["name"])) == normal_company(name)]


def existing(call: Call, data: Json) -> Match | None:
    """The customer this input already means, or None. Raises `Conflict` when a person must decide."""
    keyed = by_key(call, search_key(data["company_key"])) if data.get("company_key") else []
    if keyed:
        return _only(keyed, "key")
    mailed = find_customers(call, email=data["email"]) if data.get("email") else []
    if mailed:
        return _only(mailed, "email")
    named = find_customers(call, name=data["name"])
    if not named:
        return None
    if data.get("on_name_match", "hold") == "hold":
        raise _for_a_person(
            f"Infor has a customer called “{data['name']}” already, and only the name matches.", named
        )
    return _only(named, "name")


def identities(data: Json) -> Sequence[str]:
    """Every key the customer has, strongest first; the name only without anything better."""
    email = normal_email(data.get("email") or "")
    keys = [f"key:{data['company_key']}"] if data.get("company_key") else []
    keys += [f"email:{email}"] if email else []
    return keys or [f"name:{normal_company(data['name'])}|{str(data.get('country') or '').upper()}"]


def customer_standing(call: Call, customer_id: str) -> Standing:
    """Whether the customer is still there."""
    try:
        row_of(call, customer_id)
    except NotFound:
        return "gone"
    return "stands"


def _by_email(call: Call, erp: str, email: str) -> list[Json]:
    if erp == "csi":
        return list(
            load(call, "SLCustomers", properties="*", filter=f"CustomerEmailAddr = {quoted(email.strip())}")
        )
    return transact(call, "CRS610MI", "SearchCustomer", {"SQRY": f"MAIL:{email.strip()}"})


def _by_name(call: Call, erp: str, name: str) -> list[Json]:
    """M3's list begins at the name's first word and is left where the names don't begin with it any more."""
    first = (name.split() or [""])[0]
    if erp == "csi":
        return list(load(call, "SLCustomers", properties="*", filter=f"Name LIKE {quoted(first + '%')}"))
    found = []
    for one in walked(call, "CRS610MI", "LstByName", {"CUNM": first}, "CUNM"):
        if not str(one.get("CUNM", "")).casefold().startswith(first.casefold()):
            break
        found.append(one)
    return found


def _only(found: list[dict[str, Json]], matched_by: str) -> Match:
    if len(found) > 1:
        raise _for_a_person("Several Infor customers match this one.", found)
    output = {**found[0], "matched_by": matched_by}
    return Match(str(output["customer_id"]), output, matched_by=matched_by)


def _for_a_person(sentence: str, found: list[dict[str, Json]]) -> Conflict:
    remedy = "Choose the right one, or give the new customer another name."
    return Conflict(
        f"{sentence} {remedy}", code="duplicate_customer", pointer="/name", info={"candidates": found[:10]}
    )
