"""MMS200MI items and balances, OIS320MI and OIS017MI prices."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from connectors.infor.sandbox.fields import amount, stamped
from connectors.infor.sandbox.transactions import Fields, known, positioned, since, transaction
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record

__all__ = ["price_of"]


def price_of(world: World, customer: str, item: Record, currency: str) -> tuple[Decimal, str]:
    """What this customer pays for one, and where the price comes from: the price list, else the item."""
    listed = world.records.get("base_price", f"{currency}|{item['ITNO']}")
    price = amount(str(listed["SAPR"] if listed else item["SAPR"]))
    discount = amount(str((world.records.get("discount", customer) or {}).get("DIP1", "0")))
    net = (price * (100 - discount) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return net, "PRICELIST" if listed else "ITEM"


@transaction("MMS200MI", "Get", "ITNO")
@transaction("MMS200MI", "GetItmBasic", "ITNO")
@transaction("MMS200MI", "GetItmPrice", "ITNO")
def get_item(world: World, record: Fields) -> Sequence[Record]:
    return [known(world, "item", record["ITNO"], "ITNO", "Item number")]


@transaction("MMS200MI", "LstItmByItm")
def list_items(world: World, record: Fields) -> Sequence[Record]:
    return positioned(world.records.all("item"), "ITNO", record.get("ITNO", ""))


@transaction("MMS200MI", "SelItem")
def select_items(world: World, record: Fields) -> Sequence[Record]:
    found = since(world.records.all("item"), record.get("LMTS", ""))
    last = record.get("TOIT", "").strip()
    return [
        one
        for one in positioned(found, "ITNO", record.get("FRIT", ""))
        if not last or str(one["ITNO"]) <= last
    ]


@transaction("MMS200MI", "SearchItem", "SQRY")
def search_items(world: World, record: Fields) -> Sequence[Record]:
    wanted = record["SQRY"].rpartition(":")[2].strip(' "*').lower()
    return [
        one
        for one in world.records.all("item")
        if wanted in f"{one['ITNO']} {one['ITDS']} {one['FUDS']}".lower()
    ]


@transaction("MMS200MI", "UpdItmPrice", "ITNO", "SAPR")
def change_item_price(world: World, record: Fields) -> Sequence[Record]:
    item = known(world, "item", record["ITNO"], "ITNO", "Item number")
    world.records.put(
        "item", item["ITNO"], stamped({**item, "SAPR": record["SAPR"]}, world.clock.now(), item)
    )
    return []


@transaction("MMS200MI", "GetItmWhsBal", "WHLO", "ITNO")
def get_balance(world: World, record: Fields) -> Sequence[Record]:
    known(world, "item", record["ITNO"], "ITNO", "Item number")
    return [known(world, "balance", f"{record['WHLO']}|{record['ITNO']}", "WHLO", "Item in warehouse")]


@transaction("MMS200MI", "LstItmWhsByItm", "ITNO")
def list_balances(world: World, record: Fields) -> Sequence[Record]:
    known(world, "item", record["ITNO"], "ITNO", "Item number")
    return [one for one in world.records.all("balance") if one["ITNO"] == record["ITNO"]]


@transaction("OIS320MI", "GetPriceLine", "CUNO", "ITNO")
def get_price_line(world: World, record: Fields) -> Sequence[Record]:
    customer = known(world, "customer", record["CUNO"], "CUNO", "Customer number")
    item = known(world, "item", record["ITNO"], "ITNO", "Item number")
    currency = record.get("CUCD", "").strip() or str(customer["CUCD"])
    price, origin = price_of(world, str(customer["CUNO"]), item, currency)
    return [
        {
            "SAPR": str(price),
            "CUCD": currency,
            "SACD": "1",
            "SPUN": item["UNMS"],
            "PRMO": origin,
            "LNAM": str(price * (amount(record.get("ORQA", "")) or 1)),
        }
    ]


@transaction("OIS017MI", "AddBasePrice", "PRRF", "CUCD", "FVDT", "ITNO", "SAPR")
def add_base_price(world: World, record: Fields) -> Sequence[Record]:
    known(world, "item", record["ITNO"], "ITNO", "Item number")
    world.records.put("base_price", f"{record['CUCD']}|{record['ITNO']}", dict(record))
    return []
