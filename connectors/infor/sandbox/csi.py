"""CSI's IDO request service: load, update, invoke and info. Refusals come with status 200 and Success false; texts are invented."""

import html
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from connectors.infor.sandbox.filters import IllegalFilterError, matcher
from connectors.infor.sandbox.idos import IDOS, Ido, item_id, kept
from connectors.infor.sandbox.oauth import TENANT
from connectors.sdk.sandbox.http import RefusedError, Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["CONFIGURATION", "ROUTES"]

CONFIGURATION = "ACME_DEM_MAIN"
CAP = 200
INSERT, UPDATE, DELETE = 1, 2, 4
_BASE = f"/{TENANT}/CSI/IDORequestService/ido"
_LOCK = re.compile(r"\.DT=\[([^\]]*)\].*\.ID=\[([^\]]*)\]")
_LAST = re.compile(r"<L><v>(.*?)</v></L>", re.DOTALL)


def _refuse(message: str) -> RefusedError:
    return RefusedError(Reply({"Message": message, "Success": False}))


def _ido(request: Request) -> tuple[str, Ido]:
    if request.headers.get("x-infor-mongooseconfig", "") != CONFIGURATION:
        raise _refuse("The configuration is missing or unknown")
    name = request.params["ido"]
    if name not in IDOS:
        raise _refuse(f"IDO {name} not found")
    return name, IDOS[name]


def load(world: World, request: Request) -> Reply:
    """Rows by filter, in order, from a bookmark on."""
    name, ido = _ido(request)
    asked = {key.lower(): values[-1] for key, values in request.queries.items()}
    every = (*ido.properties, "RecordDate", "RowPointer")
    wanted = asked.get("properties", "*")
    properties = list(every) if wanted in ("", "*") else [one.strip() for one in wanted.split(",")]
    unknown = [one for one in properties if one not in every and one != "_ItemId"]
    if unknown:
        raise _refuse(f"Property {unknown[0]} not found in IDO {name}")
    try:
        fits = matcher(asked.get("filter", ""), frozenset(every))
    except IllegalFilterError as error:
        raise _refuse(str(error)) from error
    rows = _ordered(
        [row for row in world.records.all(f"csi_{name}") if fits(row)], asked.get("orderby", "") or ido.key[0]
    )
    rows = _after(rows, asked) if asked.get("loadtype", "FIRST").upper() == "NEXT" else rows
    cap = _cap(asked.get("recordcap", "-1"))
    page = rows[:cap] if cap else rows
    items = [
        {**{one: row.get(one) for one in properties if one != "_ItemId"}, "_ItemId": item_id(ido, row)}
        for row in page
    ]
    return Reply(
        {
            "Items": items,
            "Bookmark": _bookmark(ido, page),
            "MoreRowsExist": len(page) < len(rows),
            "Success": True,
            "Message": None,
        }
    )


def _ordered(rows: list[Record], orderby: str) -> list[Record]:
    for term in reversed([one.split() for one in orderby.split(",") if one.strip()]):
        rows = _sorted(rows, term[0], falling=term[-1].upper() == "DESC")
    return rows


def _sorted(rows: list[Record], field: str, *, falling: bool) -> list[Record]:
    return sorted(rows, key=lambda row: str(row.get(field) or ""), reverse=falling)


def _after(rows: list[Record], asked: Mapping[str, str]) -> list[Record]:
    """What comes after the last row of the page before; `<B/>` is the beginning."""
    last = _LAST.search(asked.get("bookmark", ""))
    if not last:
        return rows
    pointers = [row["RowPointer"] for row in rows]
    where = html.unescape(last[1])
    return rows[pointers.index(where) + 1 :] if where in pointers else []


def _bookmark(ido: Ido, page: list[Record]) -> str:
    if not page:
        return "<B/>"
    keys = "".join(f"<p>{one}</p>" for one in ido.key)
    first, last = page[0]["RowPointer"], page[-1]["RowPointer"]
    return f"<B><P>{keys}</P><D><f>false</f></D><F><v>{first}</v></F><L><v>{last}</v></L></B>"


def _cap(text: str) -> int:
    try:
        cap = int(text)
    except ValueError as error:
        raise _refuse("The record cap is not a number") from error
    return CAP if cap < 0 else cap


def update(world: World, request: Request) -> Reply:
    """Insert, update and delete, one after the other; all are undone when one is refused."""
    name, ido = _ido(request)
    changes = _body(request, dict).get("Changes")
    if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
        raise _refuse("The request has no changes")
    refreshed = []
    for number, change in enumerate(changes):
        if number and world.faults.on("first_change_only"):
            break
        row = _apply(world, name, ido, change)
        if row is not None:
            refreshed.append(_refreshed(ido, row, change, number))
    wanted = request.query("refresh").lower() == "true"
    return Reply({"Message": None, "Success": True, "RefreshItems": refreshed if wanted else None})


def _apply(world: World, name: str, ido: Ido, change: Mapping[str, Json]) -> Record | None:
    values = _values(name, ido, change)
    action = change.get("Action")
    if action == INSERT:
        return _insert(world, name, ido, values)
    if action not in (UPDATE, DELETE):
        return None
    now = _locked(world, name, ido, str(change.get("ItemId") or ""), values)
    if action == DELETE:
        world.records.delete(f"csi_{name}", now["RowPointer"])
        return None
    return kept(world, name, {**now, **values}, now["RowPointer"])


def _values(name: str, ido: Ido, change: Mapping[str, Json]) -> Record:
    """The properties marked as modified, checked."""
    values: Record = {}
    for one in change.get("Properties") or []:
        field, value = str(one.get("Name") or ""), one.get("Value")
        if field not in ido.properties:
            raise _refuse(f"Property {field} not found in IDO {name}")
        if not one.get("Modified"):
            continue
        if value is not None and not isinstance(value, str):
            raise _refuse(f"The value of {field} must be a string")
        _check(field, value or "", ido)
        values[field] = None if one.get("IsNull") else value
    return values


def _check(field: str, value: str, ido: Ido) -> None:
    if field in ido.numbers and value.strip():
        try:
            Decimal(value)
        except InvalidOperation as error:
            raise _refuse(f"Input string was not in a correct format. Property: {field}") from error
    if field.endswith("Date") and value and "T" in value:
        raise _refuse(f"String was not recognized as a valid DateTime. Property: {field}")


def _insert(world: World, name: str, ido: Ido, values: Record) -> Record:
    for field in ido.mandatory:
        if not str(values.get(field) or "").strip():
            raise _refuse(f"{field} is required. Property: {field}")
    values = {**_numbered(world, name, values)}
    if name == "SLCoitems" and not _rows(world, "SLItems", Item=values["Item"]):
        raise _refuse(f"Item {values['Item']} is not valid. Property: Item")
    if name == "SLCos" and not _rows(world, "SLCustomers", CustNum=values["CustNum"]):
        raise _refuse(f"Customer {str(values['CustNum']).strip()} is not valid. Property: CustNum")
    same = {field: str(values.get(field) or "") for field in ido.key}
    if _rows(world, name, **same):
        raise _refuse(f"The record already exists. Property: {ido.key[0]}")
    row = kept(world, name, values)
    if name == "SLCoitems":
        _total(world, row)
    return row


def _numbered(world: World, name: str, values: Record) -> Record:
    """Numbers CSI gives itself, and usual values."""
    if name == "SLCos":
        number = str(values.get("CoNum") or "").strip() or str(world.records.next_number("CoNum", 3001))
        return {
            "CustSeq": "0",
            "Stat": "O",
            "Type": "R",
            "Price": "0",
            "SalesTax": "0",
            "CurrCode": "USD",
            "Freight": "0",
            "MiscCharges": "0",
            "OrderDate": world.clock.now().strftime("%Y%m%d 00:00:00.000"),
            **values,
            "CoNum": number,
        }
    if name == "SLCustomers":
        number = str(values.get("CustNum") or "").strip() or str(world.records.next_number("CustNum", 501))
        return {
            "CustSeq": "0",
            "CurrCode": "USD",
            "TermsCode": "N30",
            "CreditHold": "0",
            **values,
            "CustNum": number,
        }
    if name == "SLCoitems":
        return {
            "CoRelease": "0",
            "Stat": "O",
            "QtyShipped": "0",
            "QtyInvoiced": "0",
            **_priced(world, values),
        }
    if name == "SLVendors":
        return {**values, "VendNum": values.get("VendNum") or str(world.records.next_number("VendNum", 301))}
    return values


def _priced(world: World, line: Record) -> Record:
    if line.get("PriceConv"):
        return line
    prices = _rows(world, "SLItemprices", Item=line["Item"])
    return {**line, "PriceConv": prices[0]["UnitPrice1"] if prices else "0"}


def _total(world: World, line: Record) -> None:
    """The order's amount is the sum of its lines."""
    lines = _rows(world, "SLCoitems", CoNum=line["CoNum"])
    total = sum(
        (Decimal(one["QtyOrderedConv"]) * Decimal(one["PriceConv"] or "0") for one in lines), Decimal()
    )
    for order in _rows(world, "SLCos", CoNum=line["CoNum"]):
        kept(
            world,
            "SLCos",
            {**order, "Price": str(total.quantize(Decimal("0.01"), ROUND_HALF_UP))},
            order["RowPointer"],
        )


def _rows(world: World, name: str, **key: str) -> list[Record]:
    """Rows whose key properties are these, padding aside."""
    return [
        row
        for row in world.records.all(f"csi_{name}")
        if all(str(row.get(field) or "").strip() == str(value).strip() for field, value in key.items())
    ]


def _locked(world: World, name: str, ido: Ido, lock: str, values: Record) -> Record:
    """The row an item id means; an empty one means the row with these keys, unlocked."""
    if not lock:
        found = _rows(world, name, **{field: str(values.get(field) or "") for field in ido.key})
        if not found:
            raise _refuse("The record does not exist")
        return found[0]
    parts = _LOCK.search(lock)
    row = world.records.get(f"csi_{name}", parts[2]) if parts else None
    if parts is None or row is None:
        raise _refuse("The record does not exist")
    if row["RecordDate"] != parts[1]:
        raise _refuse("The record has been changed by another user")
    return row


def _refreshed(ido: Ido, row: Record, change: Mapping[str, Json], number: int) -> Json:
    properties = [
        {"Name": name, "Value": row.get(name), "OriginalValue": row.get(name), "Modified": False, "IsNull": row.get(name) is None}
        for name in (*ido.properties, "RecordDate", "RowPointer")
    ]  # fmt: skip
    return {
        "Action": change["Action"],
        "ItemId": item_id(ido, row),
        "ItemNo": number,
        "Properties": properties,
    }


def invoke(world: World, request: Request) -> Reply:
    """A method with positional texts; 16 is a refusal whose text is the last parameter. Two methods are simulated."""
    name, _known = _ido(request)
    parameters = _body(request, list)
    method = request.query("method")
    if (name, method) == ("SLItems", "GetItemPrice"):
        prices = _rows(world, "SLItemprices", Item=str(parameters[0] if parameters else ""))
        if not prices:
            return _invoked([*parameters[:1], None, "The item has no price"], "16")
        return _invoked([*parameters[:1], prices[0]["UnitPrice1"], None], "0")
    if (name, method) == ("SLCos", "ValidateOrder"):
        found = _rows(world, "SLCos", CoNum=str(parameters[0] if parameters else ""))
        return _invoked(
            [*parameters[:1], None if found else "The order does not exist"], "0" if found else "16"
        )
    raise _refuse(f"Method {method} not found in IDO {name}")


def _invoked(parameters: list[Json], value: str) -> Reply:
    return Reply({"Message": None, "Success": True, "Parameters": parameters, "ReturnValue": value})


def info(_world: World, request: Request) -> Reply:
    name, ido = _ido(request)
    properties = [{"Name": one, "Key": one in ido.key} for one in ido.properties]
    return Reply({"Success": True, "Message": None, "CollectionName": name, "Properties": properties})


def configurations(_world: World, _request: Request) -> Reply:
    return Reply({"Success": True, "Message": None, "Configurations": [CONFIGURATION]})


def _body(request: Request, kind: type) -> Json:
    try:
        body = request.json()
    except ValueError:
        body = None
    if not isinstance(body, kind):
        raise _refuse("The request body can't be read")
    return body


ROUTES = (
    Route("GET", f"{_BASE}/load/<ido>", load),
    Route("POST", f"{_BASE}/update/<ido>", update),
    Route("POST", f"{_BASE}/invoke/<ido>", invoke),
    Route("GET", f"{_BASE}/info/<ido>", info),
    Route("GET", f"{_BASE}/configurations", configurations),
)
