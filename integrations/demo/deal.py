"""The deal a rehearsal wins, and what its invoice must come to, worked out here by itself from the deal's lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["COMPANY", "CURRENCY", "EMAIL", "LINES", "NAME", "Line", "deal_body", "expected_total"]

COMPANY, EMAIL, CURRENCY = "Northwind Tearooms Ltd", "dora.penn@northwind-tearooms.example", "GBP"
NAME = f"{COMPANY} - spring refit"
TAX_RATES: Mapping[str, Decimal] = {
    "standard": Decimal("0.20"),
    "reduced": Decimal("0.05"),
    "zero": Decimal("0"),
}
"""United Kingdom VAT, by the word a deal's line carries."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the deal; quantity and price are decimal text."""

    sku: str
    description: str
    category: str
    quantity: str
    unit_price: str
    tax: str


LINES: Sequence[Line] = (
    Line("TBL-CAF-60", "Café table, 60 cm, marble", "Furniture", "15", "30.095", "standard"),
    Line("LMP-LED-10", "LED panel, energy-saving kit", "Lighting", "3", "46.25", "reduced"),
    Line("CSH-OUT-45", "Outdoor cushion, 45 cm", "Textiles", "7", "18.35", "standard"),
)
"""15 × 30.095 is 451.43: a double would say 451.42."""


def deal_body(deal_lines: Sequence[Line] = LINES) -> dict[str, object]:
    """The deal as the sandbox takes it, usually with its own lines."""
    customer = {
        "organization": COMPANY,
        "domain": "northwind-tearooms.example",
        "given_name": "Dora",
        "family_name": "Penn",
        "email": EMAIL,
        "phone": "+44 20 7946 0123",
        "address": "4 Harbour Row, Whitby YO21 3PU, GB",
    }
    names = ("sku", "description", "category", "quantity", "unit_price", "tax")
    lines = [{name: getattr(line, name) for name in names} for line in deal_lines]
    return {
        "name": NAME,
        "stage": "Negotiation",
        "customer": customer,
        "currency": CURRENCY,
        "tax": "Standard",
        "lines": lines,
    }


def expected_total() -> Decimal:
    """Net and tax of each line rounded half-up to the penny, then added."""
    return sum((_gross(line) for line in LINES), Decimal(0))


def _gross(line: Line) -> Decimal:
    net = _pennies(Decimal(line.quantity) * Decimal(line.unit_price))
    return net + _pennies(net * TAX_RATES[line.tax])


def _pennies(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
