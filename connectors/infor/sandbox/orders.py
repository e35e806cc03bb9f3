"""OIS100MI: the temporary batch order, its confirmation into a real one, and reading orders back. A temporary order is no order yet."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from connectors.infor.sandbox.fields import amount, stamped
from connectors.infor.sandbox.items import price_of
from connectors.infor.sandbox.refusals import NokError
from connectors.infor.sandbox.transactions import Fields, known, positioned, transaction
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record

__all__ = ["lines_of", "round2", "save_head"]

VAT = Decimal("0.20")
_NUMBERED = "{:010d}"


def round2(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def lines_of(world: World, order: str, kind: str = "order_line") -> list[Record]:
    return list(world.records.find(kind, "order", order))


def save_head(world: World, head: Record, before: Record | None = None) -> Record:
    """Keep a real order's header with the lowest and highest status of its lines."""
    states = [str(line["ORST"]) for line in lines_of(world, str(head["ORNO"]))] or ["10"]
    stamp = stamped({**head, "ORSL": min(states), "ORST": max(states)}, world.clock.now(), before)
    return world.records.put("order", str(head["ORNO"]), stamp)


@transaction("OIS100MI", "AddBatchHead", "CUNO")
def add_batch_head(world: World, record: Fields) -> Sequence[Record]:
    customer = known(world, "customer", record["CUNO"], "CUNO", "Customer number")
    number = _NUMBERED.format(world.records.next_number("temporary", 900_001))
    head = {"CUCD": customer["CUCD"], "TEPY": customer["TEPY"], "MODL": customer["MODL"], "WHLO": "001"}
    given = {name: value for name, value in record.items() if value.strip()}
    today = world.clock.now().strftime("%Y%m%d")
    kept = {"ORDT": today, "RLDT": today, "CUOR": "", "YREF": "", "FACI": "A01", "ORTP": "001"}
    world.records.put(
        "temporary", number, {**head, **kept, **given, "ORNO": number, "STAT": "20", "ORNR": ""}
    )
    return [{"ORNO": number}]


def _open(world: World, number: str) -> Record:
    temporary = known(world, "temporary", number, "ORNO", "Temporary order number")
    if temporary["ORNR"]:
        raise NokError(
            f"Temporary order {number} has been transferred already", "WORNO05", "ORNO"
        )  # invented
    return temporary


@transaction("OIS100MI", "AddBatchLine", "ORNO", "ITNO")
def add_batch_line(world: World, record: Fields) -> Sequence[Record]:
    head = _open(world, record["ORNO"])
    item = known(world, "item", record["ITNO"], "ITNO", "Item number")
    if amount(record.get("ORQT", "")) <= 0:
        raise NokError("Order quantity must be entered", "WORQT02", "ORQT")  # invented id
    number = len(lines_of(world, str(head["ORNO"]), "temporary_line")) + 1
    price = record.get("SAPR", "").strip()
    if not price:
        price = str(price_of(world, str(head["CUNO"]), item, str(head["CUCD"]))[0])
    line = {
        **record,
        "ORNO": head["ORNO"],
        "PONR": str(number),
        "POSX": "0",
        "ITDS": record.get("ITDS") or item["ITDS"],
        "SAPR": price,
        "WHLO": record.get("WHLO") or head["WHLO"],
    }
    world.records.put("temporary_line", f"{head['ORNO']}|{number}", line)
    return [{"PONR": str(number), "POSX": "0", "ATNR": "0"}]


@transaction("OIS100MI", "AddBatchText", "ORNO", "TYPE", "TYTR", "PARM")
def add_batch_text(world: World, record: Fields) -> Sequence[Record]:
    _open(world, record["ORNO"])
    return []


@transaction("OIS100MI", "DelBatchHead", "ORNO")
def delete_batch_head(world: World, record: Fields) -> Sequence[Record]:
    head = _open(world, record["ORNO"])
    for line in lines_of(world, str(head["ORNO"]), "temporary_line"):
        world.records.delete("temporary_line", f"{line['ORNO']}|{line['PONR']}")
    world.records.delete("temporary", str(head["ORNO"]))
    return []


@transaction("OIS100MI", "Confirm", "ORNO")
def confirm(world: World, record: Fields) -> Sequence[Record]:
    """Transfer the temporary order; one that can't be stays behind with its errors."""
    head = _open(world, record["ORNO"])
    lines = lines_of(world, str(head["ORNO"]), "temporary_line")
    customer = known(world, "customer", str(head["CUNO"]), "CUNO", "Customer number")
    if str(customer["BLCD"]) != "0":
        world.records.put("temporary", str(head["ORNO"]), {**head, "STAT": "30"})
        return [{"ORNO": "", "STAT": "30"}]
    if not lines:
        raise NokError("The order has no lines", "WORNO06", "ORNO")  # invented id
    number = _NUMBERED.format(world.records.next_number("order", 1_000_001))
    for line in lines:
        _real_line(world, number, line, str(head["CUCD"]))
    real = {name: value for name, value in head.items() if name not in {"STAT", "ORNR"}}
    save_head(world, {**real, "ORNO": number, "STAT": "20", "OBLC": "0", **_totals(world, number)})
    world.records.put("temporary", str(head["ORNO"]), {**head, "STAT": "90", "ORNR": number})
    return [{"ORNO": number, "STAT": "20"}]


def _real_line(world: World, number: str, line: Record, currency: str) -> None:
    net = round2(amount(str(line["ORQT"])) * amount(str(line["SAPR"])))
    real = {
        **line,
        "ORNO": number,
        "NEPR": line["SAPR"],
        "NLAM": str(net),
        "ORST": "22",
        "DLQT": "0",
        "IVQT": "0",
        "ALQT": "0",
        "CODT": line.get("DWDT", ""),
        "CUCD": currency,
    }
    world.records.put("order_line", f"{number}|{line['PONR']}", real)


def _totals(world: World, number: str) -> dict[str, str]:
    net = sum((amount(str(line["NLAM"])) for line in lines_of(world, number)), Decimal())
    tax = round2(net * VAT)
    return {"NTAM": str(net), "BRAM": str(net), "ORVA": str(net), "VTAM": str(tax), "TOPY": str(net + tax)}


@transaction("OIS275MI", "GetTmpOrderStat", "ORNO")
def temporary_status(world: World, record: Fields) -> Sequence[Record]:
    head = known(world, "temporary", record["ORNO"], "ORNO", "Temporary order number")
    return [{"ORNO": head["ORNO"], "ORNR": head["ORNR"], "STAT": head["STAT"]}]


@transaction("OIS100MI", "LstErrMsgOrder", "ORNO")
def list_errors(world: World, record: Fields) -> Sequence[Record]:
    head = known(world, "temporary", record["ORNO"], "ORNO", "Temporary order number")
    if head["STAT"] != "30":
        return []
    text = f"Customer {head['CUNO']} has a credit stop"
    return [{"LEVL": "30", "MSID": "WOBLC01", "MDTA": head["CUNO"], "TX60": text}]  # invented id


@transaction("OIS100MI", "GetHead", "ORNO")
@transaction("OIS100MI", "GetOrderValue", "ORNO")
def get_head(world: World, record: Fields) -> Sequence[Record]:
    return [known(world, "order", record["ORNO"], "ORNO", "Order number")]


@transaction("OIS100MI", "LstLine", "ORNO")
def list_lines(world: World, record: Fields) -> Sequence[Record]:
    known(world, "order", record["ORNO"], "ORNO", "Order number")
    return lines_of(world, record["ORNO"])


@transaction("OIS100MI", "LstHead", "CUNO")
@transaction("OIS175MI", "LstHeadByCust", "CUNO")
def list_heads(world: World, record: Fields) -> Sequence[Record]:
    known(world, "customer", record["CUNO"], "CUNO", "Customer number")
    own = [one for one in world.records.all("order") if one["CUNO"] == record["CUNO"]]
    return positioned(own, "ORNO", record.get("ORNO", ""))


@transaction("OIS175MI", "LstHeadByRef", "CUNO", "YREF")
def list_heads_by_reference(world: World, record: Fields) -> Sequence[Record]:
    return [one for one in list_heads(world, record) if one["YREF"] == record["YREF"]]
