"""What the far systems must hold when a story is over, worked out from the story alone, in decimals.

Nothing here may come from `connectors` or `integrations`: a mistake there must not be able to hide itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tests.chaos.story import Deal, Line, Story

__all__ = ["Amounts", "ExpectedDeal", "ExpectedLedger", "amounts_of", "ledger_of"]

CENT = Decimal("0.01")
PERCENT: Mapping[str, Decimal] = {
    "standard": Decimal(20),
    "reduced": Decimal(5),
    "zero": Decimal(0),
    "exempt": Decimal(0),
}
"""United Kingdom VAT, by the word a line or a deal carries."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What one invoice must come to."""

    net: Decimal
    tax: Decimal
    currency: str

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class ExpectedDeal:
    """One deal at the end: its invoices in the order in which they were made, whose they are, and whether a person must
    still decide."""

    deal: Deal
    invoices: Sequence[Amounts]
    waits: bool


@dataclass(frozen=True, slots=True)
class ExpectedLedger:
    """Every deal by number, and every customer the ledger must have exactly once, by name."""

    deals: Mapping[int, ExpectedDeal]
    customers: frozenset[str]


def ledger_of(story: Story) -> ExpectedLedger:
    """One invoice for each deal; two for one that a person had made again."""
    deals = {number: _expected(deal) for number, deal in story.deals.items()}
    return ExpectedLedger(deals, frozenset(deal.customer.ledger_name for deal in story.deals.values()))


def _expected(deal: Deal) -> ExpectedDeal:
    invoices = [amounts_of(deal, deal.lines)]
    if deal.plot == "changed_remade":
        invoices.append(amounts_of(deal, deal.later))
    return ExpectedDeal(deal, invoices, waits=deal.plot == "changed_left")


def amounts_of(deal: Deal, lines: Sequence[Line]) -> Amounts:
    """Net and tax of each line rounded half up to the cent, then added."""
    nets = [_cents(Decimal(line.quantity) * Decimal(line.unit_price)) for line in lines]
    taxes = [
        _cents(net * PERCENT[(line.tax or deal.tax).lower()] / 100)
        for net, line in zip(nets, lines, strict=True)
    ]
    return Amounts(sum(nets, Decimal(0)), sum(taxes, Decimal(0)), deal.customer.currency)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
