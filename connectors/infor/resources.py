"""The nine resources of the generic API, and what each of their fields is called in M3 and in CSI.

A record reads the same from both: decimals as texts, days YYYY-MM-DD, "" for an empty text; a number that this ERP doesn't give is
left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.sdk.errors import Data
from connectors.sdk.numbers import decimal_text, is_decimal
from connectors.sdk.wire import Json

__all__ = ["RESOURCES", "Resource", "day_of", "number_of", "read_record"]


@dataclass(frozen=True, slots=True)
class Resource:
    """`fields`: ours → (M3's, CSI's, kind), kind "text", "day", "number" or "flag". The first one is the key.

    `listing` and `getting` are M3's (program, transaction); `fixed` what M3 wants besides; `ido` is CSI's collection.
    """

    fields: Mapping[str, tuple[str, str, str]]
    listing: tuple[str, str]
    ido: str
    getting: tuple[str, str] = ("", "")
    fixed: Mapping[str, str] | None = None
    position: str = ""

    @property
    def key(self) -> str:
        return next(iter(self.fields))


RESOURCES: Mapping[str, Resource] = {
    "customers": Resource(
        {
            "customer_id": ("CUNO", "CustNum", "text"),
            "name": ("CUNM", "Name", "text"),
            "email": ("MAIL", "CustomerEmailAddr", "text"),
            "phone": ("PHNO", "Phone_1", "text"),
            "line1": ("CUA1", "Addr_1", "text"),
            "line2": ("CUA2", "Addr_2", "text"),
            "city": ("TOWN", "City", "text"),
            "postal_code": ("PONO", "Zip", "text"),
            "country": ("CSCD", "Country", "text"),
            "currency": ("CUCD", "CurrCode", "text"),
            "terms": ("TEPY", "TermsCode", "text"),
            "on_hold": ("BLCD", "CreditHold", "flag"),
            "customer_key": ("ALCU", "Charfld1", "text"),
        },
        ("CRS610MI", "LstByNumber"),
        "SLCustomers",
        ("CRS610MI", "GetBasicData"),
    ),
    "salesorders": Resource(
        {
            "order_id": ("ORNO", "CoNum", "text"),
            "customer_id": ("CUNO", "CustNum", "text"),
            "external_order_number": ("CUOR", "CustPo", "text"),
            "order_date": ("ORDT", "OrderDate", "day"),
            "lowest_status": ("ORSL", "Stat", "text"),
            "highest_status": ("ORST", "Stat", "text"),
            "net_amount": ("NTAM", "Price", "number"),
            "tax_amount": ("VTAM", "SalesTax", "number"),
            "total_amount": ("TOPY", "", "number"),
            "currency": ("CUCD", "CurrCode", "text"),
            "shipping_method": ("MODL", "ShipCode", "text"),
            "on_hold": ("OBLC", "CreditHold", "flag"),
        },
        ("OIS175MI", "LstHeadByCust"),
        "SLCos",
        ("OIS100MI", "GetHead"),
    ),
    "products": Resource(
        {
            "item_id": ("ITNO", "Item", "text"),
            "name": ("ITDS", "Description", "text"),
            "description": ("FUDS", "", "text"),
            "unit": ("UNMS", "UM", "text"),
            "price": ("SAPR", "", "number"),
            "currency": ("CUCS", "", "text"),
            "status": ("STAT", "Stat", "text"),
        },
        ("MMS200MI", "SelItem"),
        "SLItems",
        ("MMS200MI", "Get"),
        position="FRIT",
    ),
    "inventory": Resource(
        {
            "item_id": ("ITNO", "Item", "text"),
            "warehouse": ("WHLO", "Whse", "text"),
            "on_hand_quantity": ("STQT", "QtyOnHand", "number"),
            "allocated_quantity": ("ALQT", "QtyAllocCo", "number"),
            "available_quantity": ("AVAL", "", "number"),
        },
        ("MMS200MI", "LstItmWhsByItm"),
        "SLItemwhses",
    ),
    "invoices": Resource(
        {
            "invoice_id": ("IVNO", "InvNum", "text"),
            "year": ("YEA4", "", "text"),
            "order_id": ("ORNO", "CoNum", "text"),
            "customer_id": ("CUNO", "CustNum", "text"),
            "invoice_date": ("IDAT", "InvDate", "day"),
            "due_date": ("DUDT", "DueDate", "day"),
            "total_amount": ("IVAV", "Amount", "number"),
            "tax_amount": ("VTAM", "SalesTax", "number"),
            "remaining_amount": ("RAFC", "", "number"),
            "currency": ("CUCD", "", "text"),
        },
        ("OIS350MI", "LstInvHead"),
        "SLArtrans",
    ),
    "payments": Resource(
        {
            "payment_id": ("VONO", "CheckNum", "text"),
            "invoice_id": ("CINO", "Ref", "text"),
            "customer_id": ("CUNO", "CustNum", "text"),
            "payment_date": ("ACDT", "RecptDate", "day"),
            "payment_amount": ("CUAM", "DomCheckAmt", "number"),
            "currency": ("CUCD", "", "text"),
            "method": ("PYTP", "Type", "text"),
        },
        ("ARS200MI", "LstInvoiceTrans"),
        "SLArpmts",
    ),
    "vendors": Resource(
        {
            "vendor_id": ("SUNO", "VendNum", "text"),
            "name": ("SUNM", "Name", "text"),
            "terms": ("TEPY", "TermsCode", "text"),
            "currency": ("CUCD", "CurrCode", "text"),
        },
        ("CRS620MI", "LstSuppliers"),
        "SLVendors",
        ("CRS620MI", "GetBasicData"),
        position="FRSU",
    ),
    "employees": Resource(
        {
            "employee_id": ("EMNO", "EmpNum", "text"),
            "name": ("EMNM", "Name", "text"),
            "department": ("DEPT", "Dept", "text"),
        },
        ("CRS530MI", "LstEmployee"),
        "SLEmployees",
        ("CRS530MI", "GetEmployee"),
        {"FCOM": "0", "TCOM": "999"},
    ),
    "glaccounts": Resource(
        {
            "account_number": ("AITM", "Acct", "text"),
            "name": ("TX40", "Description", "text"),
            "type": ("", "Type", "text"),
            "blocked": ("LCCD", "", "flag"),
        },
        ("CRS630MI", "LstAccountID"),
        "SLCharts",
        ("CRS630MI", "GetAccountID"),
        {"AITP": "1"},
    ),
}


def read_record(resource: Resource, erp: str, record: Mapping[str, Json]) -> dict[str, Json]:
    """A record of M3 or CSI under our names."""
    column = 1 if erp == "csi" else 0
    read = {name: _read(record.get(field[column]), field[2]) for name, field in resource.fields.items()}
    return {name: value for name, value in read.items() if value or resource.fields[name][2] != "number"}


def day_of(text: Json) -> str:
    """ "20261122" or "20261122 00:00:00.000" → "2026-11-22"; "" for no day."""
    digits = str(text or "").strip().replace("-", "")[:8]
    known = len(digits) == 8 and digits.isdigit() and digits != "00000000"  # noqa: PLR2004 - YYYYMMDD
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if known else ""


def number_of(text: Json) -> str:
    """A number of M3 or CSI as decimal text, also one with a trailing minus; "" for none. Raises `Data` for anything else."""
    plain = str(text if text is not None else "").strip()
    if not plain:
        return ""
    plain = f"-{plain[:-1]}" if plain.endswith("-") else plain
    if not is_decimal(plain):
        raise Data(f"Infor gave “{plain}” where a number belongs.", code="not_a_number")
    return decimal_text(plain)


def _read(value: Json, kind: str) -> Json:
    if kind == "day":
        return day_of(value)
    if kind == "number":
        return number_of(value)
    if kind == "flag":
        return str(value or "0").strip() not in ("", "0")
    return str(value or "").strip()
