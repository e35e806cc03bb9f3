"""The judge of the chaos campaign finds what is lost, doubled or wrong in doctored books, and nothing in true ones."""

import ast
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.chaos.expected import amounts_of, ledger_of
from tests.chaos.story import CURRENCIES, SPECIAL, Deal, Line, Story, told
from tests.chaos.verdict import Books, BoxHeld, InvoiceHeld, judged

STORY = told(seed=7, count=60)
EXPECTED = ledger_of(STORY)


def key_of(deal: Deal) -> str:
    return f"{'agx':x<40}{deal.number:025d}"


def true_books(story: Story = STORY) -> Books:
    """What the far systems hold when everything is as it must be."""
    expected = ledger_of(story)
    invoices = [
        InvoiceHeld(
            id=f"{number}-{place}",
            reference=key_of(wanted.deal)[-25:],
            customer=wanted.deal.customer.ledger_name,
            currency=amounts.currency,
            net=amounts.net,
            tax=amounts.tax,
            total=amounts.total,
        )
        for number, wanted in expected.deals.items()
        for place, amounts in enumerate(wanted.invoices)
    ]
    boxes = {
        number: BoxHeld(key_of(wanted.deal), f"{number}-{len(wanted.invoices) - 1}", 1)
        for number, wanted in expected.deals.items()
    }
    waiting = frozenset(number for number, wanted in expected.deals.items() if wanted.waits)
    return Books(invoices, [*sorted(expected.customers), "Walk-in customer"], boxes, waiting)


def a_deal(plot: str) -> int:
    return next(number for number, deal in STORY.deals.items() if deal.plot == plot)


def doctored(number: int, **changes: object) -> Callable[[Books], Books]:
    """Books in which the first invoice of a deal says something else."""

    def doctor(books: Books) -> Books:
        invoices = [
            replace(one, **changes) if one.id == f"{number}-0" else one  # type: ignore[arg-type]  # each test's own
            for one in books.invoices
        ]
        return replace(books, invoices=invoices)

    return doctor


def box(number: int, **changes: object) -> Callable[[Books], Books]:
    def doctor(books: Books) -> Books:
        changed = replace(books.boxes[number], **changes)  # type: ignore[arg-type]  # each test's own
        return replace(books, boxes={**books.boxes, number: changed})

    return doctor


def invoices(change: Callable[[list[InvoiceHeld]], list[InvoiceHeld]]) -> Callable[[Books], Books]:
    return lambda books: replace(books, invoices=change(list(books.invoices)))


PLAIN = a_deal("won")
FIRST = next(one for one in true_books().invoices if one.id == f"{PLAIN}-0")


def test_true_books_are_clean() -> None:
    verdict = judged(EXPECTED, true_books())
    assert (verdict.lost, verdict.doubled, verdict.wrong, verdict.sentences) == (0, 0, 0, [])


@pytest.mark.parametrize(
    ("kind", "doctor"),
    [
        pytest.param("lost", invoices(lambda held: held[1:]), id="an invoice is missing"),
        pytest.param("lost", box(PLAIN, comments=0), id="a comment is missing"),
        pytest.param("lost", box(PLAIN, invoice_id=""), id="nothing was written back"),
        pytest.param("lost", lambda books: replace(books, customers=books.customers[1:]), id="no customer"),
        pytest.param("lost", lambda books: replace(books, waiting=frozenset()), id="nobody is asked"),
        pytest.param("lost", lambda books: replace(books, waiting=books.waiting | {PLAIN}), id="a run is stuck"),
        pytest.param("doubled", invoices(lambda held: [*held, replace(FIRST, id="x")]), id="an invoice twice"),
        pytest.param("doubled", invoices(lambda held: [*held, replace(FIRST, id="x", reference="?")]), id="a stray"),
        pytest.param("doubled", box(PLAIN, comments=2), id="a comment twice"),
        pytest.param(
            "doubled",
            lambda books: replace(books, customers=[*books.customers, FIRST.customer]),
            id="a customer twice",
        ),
        pytest.param("wrong", doctored(PLAIN, total=FIRST.total + Decimal("0.01")), id="a cent too much"),
        pytest.param("wrong", doctored(PLAIN, tax=FIRST.tax - Decimal("0.01")), id="a cent of tax too little"),
        pytest.param("wrong", doctored(PLAIN, currency="CHF"), id="another currency"),
        pytest.param("wrong", doctored(PLAIN, customer="Walk-in customer"), id="another customer"),
        pytest.param("wrong", box(PLAIN, invoice_id="0-0" if PLAIN else "1-0"), id="another deal's invoice"),
        pytest.param("wrong", box(a_deal("changed_remade"), invoice_id=f"{a_deal('changed_remade')}-0"), id="the old one"),
    ],
)  # fmt: skip
def test_doctored_books_are_found_out(kind: str, doctor: Callable[[Books], Books]) -> None:
    verdict = judged(EXPECTED, doctor(true_books()))
    found = {"lost": verdict.lost, "doubled": verdict.doubled, "wrong": verdict.wrong}
    assert not verdict.clean
    assert found[kind] >= 1
    assert all(sentence.startswith(("lost: ", "doubled: ", "wrong: ")) for sentence in verdict.sentences)


def test_one_cent_is_one_finding_and_nothing_else() -> None:
    verdict = judged(EXPECTED, doctored(PLAIN, total=FIRST.total + Decimal("0.01"))(true_books()))
    assert (verdict.lost, verdict.doubled, verdict.wrong) == (0, 0, 1)


@pytest.mark.parametrize(
    ("quantity", "price", "tax", "net", "of_it"),
    [
        ("15", "30.095", "standard", "451.43", "90.29"),  # a double says 451.42
        ("1", "0.005", "ZERO", "0.01", "0.00"),
        ("3", "46.25", "Reduced", "138.75", "6.94"),
        ("0.125", "12.3456", "", "1.54", "0.31"),
    ],
)
def test_a_line_is_rounded_half_up_and_taxed_by_its_own_word_or_the_deals(
    quantity: str, price: str, tax: str, net: str, of_it: str
) -> None:
    line = Line("SKU", "Thing", "Furniture", quantity, price, tax)
    deal = replace(STORY.deals[PLAIN], tax="Standard", lines=(line,))
    amounts = amounts_of(deal, deal.lines)
    assert (amounts.net, amounts.tax) == (Decimal(net), Decimal(of_it))


def test_the_same_seed_tells_the_same_story_and_another_one_another() -> None:
    assert told(7, 60) == STORY
    assert told(8, 60) != STORY


def test_a_short_story_has_everything_in_it() -> None:
    deals = told(1, 60).deals.values()
    assert {deal.plot for deal in deals} == {"won", *SPECIAL}
    assert {len(deal.lines) for deal in deals} >= {1, 50}
    assert {deal.customer.currency for deal in deals} == set(CURRENCIES)
    assert any(deal.customer.in_ledger for deal in deals)
    assert any(len(wave) > 2 for wave in told(1, 60).waves)
    assert all(amounts_of(deal, deal.lines) != amounts_of(deal, deal.later) for deal in deals if deal.later)


def test_the_expectation_knows_nothing_of_what_it_judges() -> None:
    """Followed through its own imports: nothing but the standard library and these modules."""
    folder, seen, left = Path(__file__).parent, set(), ["expected", "story", "verdict"]
    while left:
        name = left.pop()
        for module in imported(folder / f"{name}.py"):
            assert not module.startswith(("connectors", "integrations", "designer", "django")), (
                f"{name}: {module}"
            )
            if module.startswith("tests.chaos.") and (inner := module.rpartition(".")[2]) not in seen:
                seen.add(inner)
                left.append(inner)
    assert seen == {"expected", "story"}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found
