"""What is won, by whom and when: made from a seed alone. Knows nothing of Interlock or of the sandbox's code.

A story is waves of deals. The deals of a wave are won at the same moment; some deals are opened and won again later.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

__all__ = ["CURRENCIES", "Customer", "Deal", "Line", "Plot", "Story", "told"]

Plot = Literal["won", "won_again", "won_twice_at_once", "changed_left", "changed_kept", "changed_remade"]
"""What becomes of a deal. "changed_…": won again with other lines, then left waiting, kept as it was, or made again."""

SPECIAL: Sequence[Plot] = ("won_again", "won_twice_at_once", "changed_left", "changed_kept", "changed_remade")
CURRENCIES = ("GBP", "EUR", "USD")
MOST_LINES = 50
LARGEST_WAVE = 12

PRODUCTS: Sequence[tuple[str, str, str]] = (
    ("CHR-ASH-01", "Stacking chair, ash", "Furniture"),
    ("TBL-CAF-60", "Café table, 60 cm, marble", "furniture"),
    ("LMP-PEN-24", "Pendant lamp, brass, 24 cm", "Lighting"),
    ("LMP-LED-10", "LED panel, energy-saving kit", "LIGHTING"),
    ("CRT-LIN-02", "Curtain, linen – lined", "Textiles"),
    ("CSH-OUT-45", "Outdoor cushion, 45 × 45 cm", "Textiles"),
    ("FRT-EU-PAL", "Pallet delivery, European Union", "Freight"),
)
TAXES = ("standard", "Reduced", "ZERO", "exempt", "")
"""The words a line may carry; "" means the deal's own."""
DEAL_TAXES = ("Standard", "Reduced", "Zero", "Exempt")


@dataclass(frozen=True, slots=True)
class Customer:
    """A company of the CRM. `in_ledger` = the name it has had in the ledger from the start, "" for a new one."""

    organization: str
    domain: str
    currency: str
    address: str
    people: Sequence[tuple[str, str]]
    in_ledger: str = ""

    @property
    def ledger_name(self) -> str:
        return self.in_ledger or self.organization


@dataclass(frozen=True, slots=True)
class Line:
    """Quantity and price are decimal texts."""

    sku: str
    description: str
    category: str
    quantity: str
    unit_price: str
    tax: str


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal; `later` are the lines it is won with the second time."""

    number: int
    name: str
    customer: Customer
    person: tuple[str, str]
    tax: str
    lines: Sequence[Line]
    plot: Plot = "won"
    later: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is to be won. `waves` hold deal numbers."""

    seed: int
    deals: Mapping[int, Deal]
    waves: Sequence[Sequence[int]]


KNOWN: Sequence[Customer] = (
    Customer(
        "Northgate School Trust",
        "northgate-trust.example",
        "GBP",
        "Northgate House, 12 Canal Road, Leeds LS11 5TD, GB",
        (("Priya Nair", "priya.nair@northgate-trust.example"),),
        "Northgate School Trust",
    ),
    Customer(
        "Oslo Offices AS",
        "oslo-offices.example",
        "EUR",
        "Havnegata 4, 0150 Oslo, NO",
        (("Henrik Dahl", "henrik.dahl@oslo-offices.example"),),
        "Oslo Offices AS",
    ),
    Customer(
        "Bristol Interiors Ltd",
        "bristol-interiors.example",
        "GBP",
        "22 Whiteladies Mews, Bristol BS8 2PY, GB",
        (("Amira Clarke", "amira@bristol-interiors.example"),),
        "Bristol Interiors Ltd",
    ),
)
"""Customers the sandbox's ledger has before anything is won: two by e-mail address, one by name alone."""


def told(seed: int, count: int) -> Story:
    """A story of `count` deals. The same seed tells the same story."""
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    deals: dict[int, Deal] = {}
    waves: list[list[int]] = []
    customers = list(KNOWN)
    while len(deals) < count:
        together = len(waves) % 2 == 0
        if together or chance.random() < 0.6:
            customers.append(_new_customer(chance, len(customers)))
        size = min(count - len(deals), chance.randint(3, LARGEST_WAVE) if together else 1)
        customer = customers[-1] if together else chance.choice(customers)
        wave = [_deal(chance, number, customer) for number in range(len(deals), len(deals) + size)]
        deals |= {deal.number: deal for deal in wave}
        waves.append([deal.number for deal in wave])
    return Story(seed, deals, waves)


def _new_customer(chance: random.Random, number: int) -> Customer:
    """A company nobody knows yet, with one or two people who write for it."""
    currency = chance.choice(CURRENCIES)
    place = {"GBP": "Leeds LS1 4AP, GB", "EUR": "69002 Lyon, FR", "USD": "Chicago, IL 60611, US"}[currency]
    domain = f"goods{number}.example"
    people = [(f"Jo Walker{number}", f"jo@{domain}"), (f"Sam Miller{number}", f"sam@{domain}")]
    return Customer(
        f"Goods {number} Trading Ltd",
        domain,
        currency,
        f"{number + 1} Harbour Row, {place}",
        tuple(people[: chance.randint(1, 2)]),
    )


def _deal(chance: random.Random, number: int, customer: Customer) -> Deal:
    plot = _plot(chance, number)
    lines = _lines(chance, number)
    return Deal(
        number=number,
        name=f"Deal {number:05d} - {customer.organization}",
        customer=customer,
        person=chance.choice(customer.people),
        tax=chance.choice(DEAL_TAXES),
        lines=lines,
        plot=plot,
        later=_changed(chance, lines) if plot.startswith("changed") else (),
    )


def _plot(chance: random.Random, number: int) -> Plot:
    """The second to the sixth deal have one special plot each, so that even a short story has them all; then three in ten."""
    if 1 <= number <= len(SPECIAL):
        return SPECIAL[number - 1]
    return chance.choice(SPECIAL) if chance.random() < 0.3 else "won"


def _lines(chance: random.Random, number: int) -> tuple[Line, ...]:
    """The first deal has one line, the second fifty; of the others one in ten is long."""
    if number < 2:
        count = (1, MOST_LINES)[number]
    else:
        count = chance.randint(10, MOST_LINES) if chance.random() < 0.1 else chance.randint(1, 6)
    return tuple(_line(chance) for _ in range(count))


def _line(chance: random.Random) -> Line:
    sku, description, category = chance.choice(PRODUCTS)
    return Line(sku, description, category, _quantity(chance), _price(chance), chance.choice(TAXES))


def _quantity(chance: random.Random) -> str:
    places = chance.choice((0, 0, 0, 1, 2, 3))
    return _text(chance.randint(1, 40 * 10**places), places)


def _price(chance: random.Random) -> str:
    """Two to four decimals; often three with a 5 at the end, where a binary number rounds wrongly."""
    if chance.random() < 0.4:
        return _text(chance.randint(1, 50_000) * 10 + 5, 3)
    places = chance.choice((2, 2, 3, 4))
    return _text(chance.randint(1, 500 * 10**places), places)


def _text(digits: int, places: int) -> str:
    return str(Decimal(digits).scaleb(-places))


def _changed(chance: random.Random, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """One line more: other amounts for certain."""
    return (
        *lines,
        Line("TBL-CAF-60", "Café table, 60 cm, marble", "Furniture", "1", _price(chance), "standard"),
    )
