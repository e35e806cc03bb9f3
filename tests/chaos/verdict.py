"""Compares what the far systems hold with what they must hold: lost, doubled, wrong, each with a sentence."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from tests.chaos.expected import Amounts, ExpectedDeal, ExpectedLedger

__all__ = ["Books", "BoxHeld", "InvoiceHeld", "Verdict", "judged"]

Kind = Literal["lost", "doubled", "wrong"]
Finding = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class InvoiceHeld:
    """An invoice as the ledger has it; `reference` is the end of the deal's key."""

    id: str
    reference: str
    customer: str
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class BoxHeld:
    """A deal as the CRM has it: what its field says its invoice is, and how many comments tell of one."""

    key: str
    invoice_id: str
    comments: int


@dataclass(frozen=True, slots=True)
class Books:
    """What both far systems hold. `customers` are names, one entry a record; `boxes` go by deal number; `waiting` are
    numbers of deals with a run that waits for a person. What was there before the story is left out of `invoices`."""

    invoices: Sequence[InvoiceHeld]
    customers: Sequence[str]
    boxes: Mapping[int, BoxHeld]
    waiting: frozenset[int] = frozenset()


@dataclass
class Verdict:
    """How many of each, and what they are."""

    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    sentences: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


def judged(expected: ExpectedLedger, books: Books) -> Verdict:
    """Every difference there is."""
    verdict = Verdict()
    for kind, sentence in _findings(expected, books):
        setattr(verdict, kind, getattr(verdict, kind) + 1)
        verdict.sentences.append(f"{kind}: {sentence}")
    return verdict


def _findings(expected: ExpectedLedger, books: Books) -> Iterator[Finding]:
    references = {box.key[-25:]: number for number, box in books.boxes.items()}
    by_deal: dict[int, list[InvoiceHeld]] = {}
    for invoice in books.invoices:
        number = references.get(invoice.reference)
        if number is None:
            yield "doubled", f"the ledger has an invoice {invoice.id} that belongs to no deal"
        else:
            by_deal.setdefault(number, []).append(invoice)
    for number, wanted in expected.deals.items():
        box = books.boxes.get(number)
        if box is None:
            yield "lost", f"the CRM has no box for “{wanted.deal.name}”"
            continue
        held = by_deal.get(number, [])
        yield from _invoices(wanted, held)
        yield from _box(wanted, held, box)
        yield from _waiting(wanted, waits=number in books.waiting)
    yield from _customers(expected, books)


def _invoices(wanted: ExpectedDeal, held: Sequence[InvoiceHeld]) -> Iterator[Finding]:
    name, short = wanted.deal.name, len(wanted.invoices) - len(held)
    for _ in range(short):
        yield "lost", f"“{name}” has {len(held)} invoices instead of {len(wanted.invoices)}"
    for _ in range(-short):
        yield "doubled", f"“{name}” has {len(held)} invoices instead of {len(wanted.invoices)}"
    open_ones = list(wanted.invoices)
    for invoice in held:
        match = next((amounts for amounts in open_ones if _same(amounts, invoice)), None)
        if match is not None:
            open_ones.remove(match)
        elif open_ones:
            yield "wrong", f"“{name}” has an invoice over {_said(invoice)} instead of {_wanted(open_ones[0])}"
        if invoice.customer != wanted.deal.customer.ledger_name:
            yield "wrong", f"“{name}” is invoiced to {invoice.customer}"


def _same(wanted: Amounts, held: InvoiceHeld) -> bool:
    amounts = (held.net, held.tax, held.total, held.currency)
    return (wanted.net, wanted.tax, wanted.total, wanted.currency) == amounts


def _said(invoice: InvoiceHeld) -> str:
    return f"{invoice.total} {invoice.currency} (net {invoice.net}, tax {invoice.tax})"


def _wanted(amounts: Amounts) -> str:
    return f"{amounts.total} {amounts.currency} (net {amounts.net}, tax {amounts.tax})"


def _box(wanted: ExpectedDeal, held: Sequence[InvoiceHeld], box: BoxHeld) -> Iterator[Finding]:
    """The field names the newest invoice, and one comment tells of it."""
    name = wanted.deal.name
    several = len(wanted.invoices) > 1
    newest = [one.id for one in held if not several or _same(wanted.invoices[-1], one)]
    if not box.invoice_id:
        yield "lost", f"“{name}” does not say what its invoice is"
    elif held and box.invoice_id not in newest:
        yield "wrong", f"“{name}” names another invoice than its own"
    if box.comments < 1:
        yield "lost", f"“{name}” has no comment"
    for _ in range(box.comments - 1):
        yield "doubled", f"“{name}” has {box.comments} comments instead of one"


def _waiting(wanted: ExpectedDeal, *, waits: bool) -> Iterator[Finding]:
    if wanted.waits and not waits:
        yield "lost", f"“{wanted.deal.name}” was won with other amounts and nobody is asked about it"
    if waits and not wanted.waits:
        yield "lost", f"“{wanted.deal.name}” waits for a person without a reason"


def _customers(expected: ExpectedLedger, books: Books) -> Iterator[Finding]:
    counts = Counter(books.customers)
    for name in sorted(expected.customers):
        if counts[name] == 0:
            yield "lost", f"the ledger has no customer {name}"
        for _ in range(counts[name] - 1):
            yield "doubled", f"the ledger has {counts[name]} customers called {name}"
