"""OIS350MI invoices, ARS200MI and ARS040MI receivables, and EXPORTMI over the order table."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from connectors.infor.sandbox.fields import amount, stamped
from connectors.infor.sandbox.orders import lines_of, save_head
from connectors.infor.sandbox.refusals import NokError
from connectors.infor.sandbox.transactions import Fields, known, positioned, transaction
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record

__all__ = ["invoice_order", "pay_invoice", "ship_order"]

_QUERY = re.compile(r"\s*([A-Z0-9, ]+?)\s+from\s+(\w+)(?:\s+where\s+(.+))?", re.IGNORECASE)
_CONDITION = re.compile(r"OA([A-Z]{4})\s*(>=|=|>)\s*'?([\w-]+)'?", re.IGNORECASE)


def ship_order(world: World, number: str) -> Record:
    """Deliver every line: status 66."""
    return _move(world, number, "66", "DLQT")


def invoice_order(world: World, number: str) -> Record:
    """Invoice a delivered order: status 77 and an invoice. Raises `NokError`."""
    order = known(world, "order", number, "ORNO", "Order number")
    if order["ORST"] != "66":
        raise NokError("Only a delivered order is invoiced", "WORST01", "ORST")  # invented id
    _move(world, number, "77", "IVQT")
    now = world.clock.now()
    invoice = {
        "IVNO": str(world.records.next_number("invoice", 700_001)),
        "YEA4": now.strftime("%Y"),
        "IDAT": now.strftime("%Y%m%d"),
        "DUDT": (now + timedelta(days=30)).strftime("%Y%m%d"),
        **{name: order[name] for name in ("ORNO", "CUNO", "CUCD", "CUOR", "VTAM")},
        "PYNO": order["CUNO"],
        "IVAV": order["TOPY"],
        "RAFC": order["TOPY"],
        "EXIN": "",
        "INST": "1",
    }
    return world.records.put("invoice", _key(invoice), stamped(invoice, now))


def pay_invoice(world: World, key: str, paid: Decimal) -> Record:
    """Receive money for an invoice; what remains goes down."""
    invoice = known(world, "invoice", key, "IVNO", "Invoice")
    left = amount(str(invoice["RAFC"])) - paid
    if paid <= 0 or left < 0:
        raise NokError("The amount is more than what is left to pay", "WPYAM01", "PYAM")  # invented id
    now = world.clock.now()
    state = "9" if left == 0 else "2"
    world.records.put("invoice", key, stamped({**invoice, "RAFC": str(left), "INST": state}, now, invoice))
    number = str(world.records.next_number("payment", 50_001))
    payment = {
        "VONO": number,
        "TRCD": "20",
        "CUAM": f"-{paid}",
        "CUCD": invoice["CUCD"],
        "ACDT": now.strftime("%Y%m%d"),
        "CINO": invoice["IVNO"],
        "INYR": invoice["YEA4"],
        "CUNO": invoice["CUNO"],
        "PYNO": invoice["PYNO"],
        "PYTP": "BT",
    }
    return world.records.put("payment", number, stamped(payment, now))


def _key(invoice: Fields) -> str:
    return f"{invoice['YEA4']}-{invoice['IVNO']}"


def _move(world: World, number: str, state: str, quantity: str) -> Record:
    order = known(world, "order", number, "ORNO", "Order number")
    for line in lines_of(world, number):
        moved = {**line, "ORST": state, quantity: line["ORQT"]}
        world.records.put("order_line", f"{number}|{line['PONR']}", moved)
    return save_head(world, order, order)


@transaction("OIS350MI", "LstInvHead", "YEA4")
def list_invoices(world: World, record: Fields) -> Sequence[Record]:
    own = [one for one in world.records.all("invoice") if one["YEA4"] == record["YEA4"]]
    return positioned(own, "IVNO", record.get("IVNO", ""))


@transaction("OIS350MI", "GetInvHead", "YEA4", "IVNO")
def get_invoice(world: World, record: Fields) -> Sequence[Record]:
    return [known(world, "invoice", _key(record), "IVNO", "Invoice")]


@transaction("OIS350MI", "LstAllInvByCO", "ORNO")
def list_invoices_of_order(world: World, record: Fields) -> Sequence[Record]:
    known(world, "order", record["ORNO"], "ORNO", "Order number")
    return [one for one in world.records.all("invoice") if one["ORNO"] == record["ORNO"]]


@transaction("ARS200MI", "LstInvoices", "CUNO")
def list_receivables(world: World, record: Fields) -> Sequence[Record]:
    known(world, "customer", record["CUNO"], "CUNO", "Customer number")
    return [
        {**one, "CINO": one["IVNO"], "INYR": one["YEA4"], "OCUA": one["RAFC"], "CUAM": one["IVAV"]}
        for one in world.records.all("invoice")
        if one["CUNO"] == record["CUNO"]
    ]


@transaction("ARS200MI", "LstInvoiceTrans", "PYNO", "CINO", "INYR", "CUNO")
def list_transactions(world: World, record: Fields) -> Sequence[Record]:
    """The invoice itself (10) and what was paid on it (20)."""
    invoice = known(world, "invoice", f"{record['INYR']}-{record['CINO']}", "CINO", "Invoice")
    own = {"TRCD": "10", "CUAM": invoice["IVAV"], "ACDT": invoice["IDAT"], "CUCD": invoice["CUCD"]}
    paid = [
        one
        for one in world.records.all("payment")
        if (one["CINO"], one["INYR"]) == (record["CINO"], record["INYR"])
    ]
    wanted = record.get("TRCD", "").strip()
    return [one for one in (own, *paid) if not wanted or one["TRCD"] == wanted]


@transaction("ARS040MI", "AddBatchHead", "PBID", "BOPE")
def add_payment_head(world: World, record: Fields) -> Sequence[Record]:
    world.records.put("payment_batch", record["PBID"], {**record, "lines": []})
    return []


@transaction("ARS040MI", "AddBatchLine", "PBID", "TRNO", "CINO", "INYR", "CUNO", "PYAM")
def add_payment_line(world: World, record: Fields) -> Sequence[Record]:
    batch = known(world, "payment_batch", record["PBID"], "PBID", "Payment batch")
    known(world, "invoice", f"{record['INYR']}-{record['CINO']}", "CINO", "Invoice")
    world.records.put("payment_batch", record["PBID"], {**batch, "lines": [*batch["lines"], dict(record)]})
    return []


@transaction("ARS040MI", "ControlBatch", "PBID")
def control_batch(world: World, record: Fields) -> Sequence[Record]:
    batch = known(world, "payment_batch", record["PBID"], "PBID", "Payment batch")
    for line in batch["lines"]:
        pay_invoice(world, f"{line['INYR']}-{line['CINO']}", amount(line["PYAM"]))
    world.records.delete("payment_batch", record["PBID"])
    return []


@transaction("EXPORTMI", "Select", "QERY")
def select(world: World, record: Fields) -> Sequence[Record]:
    """`FIELDS from OOHEAD where …`: one text a row, its values set apart by SEPC."""
    found = _QUERY.fullmatch(record["QERY"])
    if not found or found[2].upper() != "OOHEAD":
        raise NokError("The query can't be read, or its table is not simulated", "XRE0103", "QERY")
    fields = [name.strip()[2:] for name in found[1].split(",")]
    rows = [one for one in world.records.all("order") if _meets(one, found[3] or "")]
    separator = record.get("SEPC") or ";"
    return [{"REPL": separator.join(str(one.get(name, "")) for name in fields)} for one in rows]


def _meets(order: Record, conditions: str) -> bool:
    tests = {">=": str.__ge__, ">": str.__gt__, "=": str.__eq__}
    return all(tests[sign](str(order[field]), value) for field, sign, value in _CONDITION.findall(conditions))
