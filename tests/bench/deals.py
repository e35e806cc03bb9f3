"""The workloads as data (docs/performance.md): what is posted, and by decimal arithmetic of its own, what must come of it."""

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

__all__ = [
    "DEAL_BYTES",
    "SKUS",
    "batch",
    "batch_item",
    "deal",
    "echo",
    "expected_items",
    "expected_sums",
    "expected_total",
    "listing",
]

SKUS: Mapping[str, str] = {f"SKU-{number:02d}": f"ITEM-{number * 7 % 100:02d}" for number in range(50)}
"""The 50-row table: the deal's SKU → the target's item."""
DEAL_BYTES = 2_058
_LINES = 5
_PENNY = Decimal("0.01")


def deal(series: str, number: int) -> bytes:
    """One won deal of 2,058 bytes. In every series the target knows the customers with even numbers."""
    body = _deal(series, number)
    body["notes"] = "n" * (DEAL_BYTES - len(_bytes({**body, "notes": ""})))
    return _bytes(body)


def expected_total(number: int) -> Decimal:
    """What the invoice of deal `number` comes to: each line's net and tax rounded half up, then added."""
    return sum((_gross(line) for line in _lines(number)), Decimal(0))


def echo(series: str, number: int) -> bytes:
    return _bytes({"key": f"{series}-{number}", "name": f"Number {number}"})


def batch(series: str, number: int, count: int = 10_000) -> bytes:
    """One list of `count` items, about 83 bytes each."""
    items = [batch_item(at) for at in range(count)]
    return _bytes({"key": f"{series}-{number}", "name": f"List {number}", "items": items})


def listing(series: str, count: int) -> bytes:
    """Where a list of `count` such items is to be read; its number is its length."""
    return _bytes({"key": f"{series}-{count}", "name": f"{count} items", "count": count})


def expected_sums(count: int) -> dict[str, tuple[int, str]]:
    """What a list comes to by item: how many there are, and their net."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for at in range(count):
        made = _mapped(batch_item(at))
        so_far, net = sums.get(made["item"], (0, Decimal(0)))
        sums[made["item"]] = (so_far + 1, net + Decimal(made["net"]))
    return {item: (so_far, str(net)) for item, (so_far, net) in sums.items()}


def batch_item(at: int) -> dict[str, Any]:
    return {
        "id": at,
        "sku": f"SKU-{at % 50:02d}",
        "qty": at % 20 + 1,
        "price": f"{at % 90 + 10}.{at % 100:02d}",
        "date": f"2026-11-{at % 30 + 1:02d}",
        "name": f"n{at % 9}",
    }


def expected_items(count: int = 10_000) -> list[dict[str, Any]]:
    """What the batch flow must make of a list."""
    return [_mapped(batch_item(at)) for at in range(count)]


def _mapped(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"L-{item['id']}",
        "name": item["name"].upper(),
        "date": "/".join(reversed(item["date"].split("-"))),
        "net": str(_rounded(Decimal(item["qty"]) * Decimal(item["price"]))),
        "large": item["qty"] > 10,
        "item": SKUS[item["sku"]],
    }


def _deal(series: str, number: int) -> dict[str, Any]:
    return {
        "key": f"{series}-{number}",
        "name": f"Larch & Co {number} - fittings",
        "pipeline": "Sales",
        "stage": "Closed Won",
        "position": 1_795_253_400_000 + number,
        "won_at": "2026-11-21T23:30:00Z",
        "contact": {
            "given_name": "Dora",
            "family_name": "Penn",
            "email": f"{number}@{series}.example",
            "phone": "+44 20 7946 0123",
            "address": {"street": "4 Harbour Row", "city": "Whitby", "postcode": "YO21 3PU", "country": "GB"},
        },
        "fields": {
            "currency": "GBP",
            "source": "Referral",
            "owner": "ann@interlock.example",
            "region": "North",
            "terms": "30 days",
            "delivery": "2026-12-04",
            "priority": "Normal",
            "segment": "Wholesale",
            "campaign": "Autumn fair",
            "reference": f"PO-{number:06d}",
        },
        "lines": _lines(number),
        "links": [f"https://crm.example/boxes/{series}-{number}", "https://crm.example/files/offer.pdf"],
    }


def _lines(number: int) -> list[dict[str, str]]:
    return [
        {
            "sku": f"SKU-{(number + at * 11) % 50:02d}",
            "description": f"Fitting no. {at}, brushed steel, boxed",
            "quantity": str((number + at) % 24 + 1),
            "unit_price": f"{(number * 7 + at * 13) % 400 + 3}.{(number + at) % 1000:03d}",
            "discount": f"0.{(number + at) % 20:02d}",
            "tax_rate": "0.2" if at % 2 else "0.05",
            "date": "2026-11-20T09:15:00Z",
        }
        for at in range(_LINES)
    ]


def _gross(line: Mapping[str, str]) -> Decimal:
    full = Decimal(line["quantity"]) * Decimal(line["unit_price"])
    net = _rounded(full * (1 - Decimal(line["discount"])))
    return net + _rounded(net * Decimal(line["tax_rate"]))


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_PENNY, ROUND_HALF_UP)


def _bytes(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
