"""`/infor/api/v1/…`: the generic API of the first description, served here over the simulated M3. It is no API of Infor's."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.infor.sandbox.fields import check
from connectors.infor.sandbox.refusals import NokError
from connectors.infor.sandbox.transactions import TRANSACTIONS
from connectors.sdk.sandbox.http import Reply, Request, problem, read_object
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES"]


@dataclass(frozen=True)
class Shape:
    """A resource: the kind of record behind it and its fields, name → M3's field."""

    kind: str
    fields: Mapping[str, str]


SHAPES: Mapping[str, Shape] = {
    "customers": Shape(
        "customer",
        {"CustomerID": "CUNO", "Name": "CUNM", "Email": "MAIL", "Phone": "PHNO", "Address": "CUA1", "Currency": "CUCD"},
    ),
    "salesorders": Shape(
        "order",
        {"OrderID": "ORNO", "CustomerID": "CUNO", "OrderDate": "ORDT", "OrderStatus": "ORST", "TotalAmount": "TOPY", "ShippingMethod": "MODL", "Reference": "CUOR"},
    ),
    "products": Shape(
        "item", {"ProductID": "ITNO", "Name": "ITDS", "Description": "FUDS", "UnitOfMeasure": "UNMS", "Price": "SAPR", "Status": "STAT"}
    ),
    "inventory": Shape("balance", {"ProductID": "ITNO", "Warehouse": "WHLO", "OnHand": "STQT", "Allocated": "ALQT", "Available": "AVAL"}),
    "invoices": Shape(
        "invoice",
        {"InvoiceID": "IVNO", "InvoiceDate": "IDAT", "DueDate": "DUDT", "OrderID": "ORNO", "CustomerID": "CUNO", "TotalAmount": "IVAV", "Tax": "VTAM", "Balance": "RAFC"},
    ),
    "payments": Shape("payment", {"PaymentID": "VONO", "PaymentDate": "ACDT", "Amount": "CUAM", "Currency": "CUCD", "InvoiceID": "CINO", "Method": "PYTP"}),
    "vendors": Shape("supplier", {"VendorID": "SUNO", "Name": "SUNM", "Terms": "TEPY", "Currency": "CUCD"}),
    "employees": Shape("employee", {"EmployeeID": "EMNO", "Name": "EMNM", "Department": "DEPT", "Active": "ACEM"}),
    "glaccounts": Shape("account_id", {"AccountNumber": "AITM", "Name": "TX40", "Blocked": "LCCD"}),
}  # fmt: skip


def _view(world: World, shape: Shape, record: Record) -> Json:
    view: dict[str, Json] = {name: str(record.get(field, "")) for name, field in shape.fields.items()}
    if shape.kind == "order":
        view["LineItems"] = [
            {"Product": line["ITNO"], "Quantity": line["ORQT"], "Price": line["SAPR"]}
            for line in world.records.find("order_line", "order", str(record["ORNO"]))
        ]
    return view


def _key(shape: Shape) -> str:
    return next(iter(shape.fields.values()))


def listed(world: World, request: Request) -> Reply:
    """Every record; `offset` and `limit` page through them, a field's name filters."""
    shape = SHAPES.get(request.params["resource"])
    if shape is None:
        return problem(404, "There is no such resource.")
    wanted = {name: values[-1] for name, values in request.queries.items() if name in shape.fields}
    views = [_view(world, shape, one) for one in world.records.all(shape.kind)]
    found = [one for one in views if all(one[name] == value for name, value in wanted.items())]
    try:
        offset, limit = int(request.query("offset", "0")), int(request.query("limit", "100"))
    except ValueError:
        return problem(400, "offset and limit are whole numbers.")
    return Reply({"items": found[max(offset, 0) : max(offset, 0) + max(limit, 0)], "total": len(found)})


def one(world: World, request: Request) -> Reply:
    shape = SHAPES.get(request.params["resource"])
    found = [
        record
        for record in (world.records.all(shape.kind) if shape else ())
        if shape and record[_key(shape)] == request.params["key"]
    ]
    return (
        Reply(_view(world, shape, found[0])) if shape and found else problem(404, "There is no such record.")
    )


def create(world: World, request: Request) -> Reply:
    """A customer, or a sales order through the temporary one."""
    body = read_object(request)
    try:
        if request.params["resource"] == "customers":
            record = {**_fields("customers", body), "CUTM": "TEMPLATE"}
            made = _run(world, "CRS610MI", "Add", record)[0]
            kind, key = "customers", str(made["CUNO"])
        elif request.params["resource"] == "salesorders":
            kind, key = "salesorders", _order(world, body)
        else:
            return problem(405, "Records of this resource are not made here.")
    except NokError as nok:
        return problem(409 if nok.code.endswith("04") else 422, nok.message)
    found = world.records.get(SHAPES[kind].kind, key) or {}
    return Reply(_view(world, SHAPES[kind], found), 201)


def _order(world: World, body: Mapping[str, Json]) -> str:
    head = {
        name: value
        for name, value in _fields("salesorders", body).items()
        if name not in {"ORNO", "ORST", "TOPY"}
    }
    temporary = str(_run(world, "OIS100MI", "AddBatchHead", head)[0]["ORNO"])
    lines = body.get("LineItems")
    for line in lines if isinstance(lines, list) else []:
        given = line if isinstance(line, dict) else {}
        record = {"ITNO": given.get("Product"), "ORQT": given.get("Quantity"), "SAPR": given.get("Price")}
        texts = {name: str(value) for name, value in record.items() if value is not None}
        _run(world, "OIS100MI", "AddBatchLine", {"ORNO": temporary, **texts})
    confirmed = _run(world, "OIS100MI", "Confirm", {"ORNO": temporary})[0]
    if not confirmed["ORNO"]:
        raise NokError("The customer has a credit stop", "WOBLC01", "CUNO")  # invented id
    return str(confirmed["ORNO"])


def change(world: World, request: Request) -> Reply:
    if request.params["resource"] != "customers":
        return problem(405, "Records of this resource are not changed here.")
    try:
        record = {**_fields("customers", read_object(request)), "CUNO": request.params["key"]}
        _run(world, "CRS610MI", "ChgBasicData", record)
    except NokError as nok:
        return problem(404 if nok.code.endswith("03") else 422, nok.message)
    return Reply(
        _view(world, SHAPES["customers"], world.records.get("customer", request.params["key"]) or {})
    )


def _fields(resource: str, body: Mapping[str, Json]) -> dict[str, str]:
    names = SHAPES[resource].fields
    return {names[name]: str(value) for name, value in body.items() if name in names and value is not None}


def _run(world: World, program: str, name: str, record: Mapping[str, str]) -> list[Record]:
    known = TRANSACTIONS[program, name]
    check(record, known.mandatory)
    return list(known.run(world, record))


_BASE = "/infor/api/v1/<resource>"
ROUTES = (
    Route("GET", _BASE, listed),
    Route("POST", _BASE, create),
    Route("GET", f"{_BASE}/<key>", one),
    Route("PUT", f"{_BASE}/<key>", change),
)
