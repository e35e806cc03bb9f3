"""The generic API's reading side over M3 or CSI: lists a page at a time, and single records."""

from collections.abc import Mapping

from connectors.infor.csi import load, load_page, quoted
from connectors.infor.m3 import PAGE, get_one, transact
from connectors.infor.resources import RESOURCES, Resource, read_record
from connectors.infor.settings import erp_of
from connectors.sdk.errors import Data, NotFound
from connectors.sdk.operation import Call, Portion
from connectors.sdk.wire import Json

__all__ = ["GETTABLE", "get_record", "list_page"]

GETTABLE = sorted(name for name, resource in RESOURCES.items() if resource.getting[0])
_NEEDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "salesorders": {"customer_id": ("CUNO",)},
    "inventory": {"item_id": ("ITNO",)},
    "invoices": {"year": ("YEA4",)},
    "payments": {"customer_id": ("CUNO", "PYNO"), "invoice_id": ("CINO",), "year": ("INYR",)},
}
"""What M3's lists can't do without: our input → M3's fields."""
_WIDTHS = {"CustNum": 7, "CoNum": 10, "VendNum": 7}
_WHOLE = frozenset({"inventory", "payments", "glaccounts", "employees"})
"""Lists of M3 that are read at once: they can't be positioned."""


def list_page(call: Call, data: Json, at: Json) -> Portion:
    """One page; `at` is CSI's bookmark, or the last key of M3's page before."""
    resource, erp = RESOURCES[data["resource"]], erp_of(call.settings)
    if erp == "csi":
        portion = load_page(call, resource.ido, {"properties": "*", "filter": _filter(resource, data)}, at)
        return Portion([read_record(resource, erp, one) for one in portion.items], portion.following)
    return _m3_page(call, data, resource, at)


def get_record(call: Call, name: str, key: str) -> dict[str, Json]:
    """One record by its key. Raises `NotFound`."""
    resource, erp = RESOURCES[name], erp_of(call.settings)
    theirs = resource.fields[resource.key]
    if erp == "m3":
        program, transaction = resource.getting
        found = get_one(call, program, transaction, {**(resource.fixed or {}), theirs[0]: key})
        return read_record(resource, erp, {theirs[0]: key, **found})
    for row in load(
        call, resource.ido, properties="*", filter=f"{theirs[1]} IN ({_spellings(theirs[1], key)})"
    ):
        return read_record(resource, erp, row)
    raise NotFound(
        f"CSI has no {name} record {key}. Correct the number and retry.",
        code="not_found",
        pointer="/record_id",
    )


def _m3_page(call: Call, data: Json, resource: Resource, at: Json) -> Portion:
    name = data["resource"]
    fields: dict[str, Json] = dict(resource.fixed or {})
    for ours, theirs in _NEEDED.get(name, {}).items():
        if not data.get(ours):
            raise Data(
                f"M3 lists {name} by {ours}. Map a value to it.", code="field_missing", pointer=f"/{ours}"
            )
        fields |= dict.fromkeys(theirs, data[ours])
    key = resource.fields[resource.key][0]
    whole = name in _WHOLE
    position = {} if whole or not at else {resource.position or key: at}
    rows = transact(call, *resource.listing, {**fields, **position}, most=0 if whole else PAGE)
    fresh = [one for one in rows if not at or str(one.get(key)) != at]
    wanted = [one for one in fresh if name != "payments" or one.get("TRCD") == "20"]
    more = not whole and len(rows) >= PAGE and fresh
    return Portion(
        [read_record(resource, "m3", one) for one in wanted], str(rows[-1].get(key)) if more else None
    )


def _filter(resource: Resource, data: Json) -> str:
    """Whatever of the inputs is a field of this resource."""
    found = [
        f"{resource.fields[name][1]} IN ({_spellings(resource.fields[name][1], data[name])})"
        for name in ("customer_id", "item_id", "invoice_id")
        if data.get(name) and name in resource.fields
    ]
    return " AND ".join(found)


def _spellings(field: str, value: str) -> str:
    """A number that may be right-justified, in both spellings."""
    width = _WIDTHS.get(field, 0)
    return ",".join(quoted(one) for one in dict.fromkeys((value, value.strip().rjust(width))))
