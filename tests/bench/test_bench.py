"""The bench itself is right: its workload is as documented, and nothing lost, doubled or wrong gets past it."""

import json
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

from tests.bench import deals
from tests.bench.load import wrong_deals
from tests.bench.report import table
from tests.bench.stage import ROOT, target_on

SERIES, NUMBERS = "s", [0, 1]
Books = dict[str, list[dict[str, Any]]]


def right_books() -> Books:
    """What the target holds when both deals were carried."""
    totals = {number: deals.expected_total(number) for number in NUMBERS}
    invoices = [
        {
            "id": f"i{number}",
            "reference": f"{SERIES}-{number}",
            "total": str(total),
            "lines": [{"net": str(total), "tax": "0"}],
        }
        for number, total in totals.items()
    ]
    boxes = [{"key": f"{SERIES}-{number}", "invoice_id": f"i{number}"} for number in NUMBERS]
    return {"invoices": invoices, "boxes": boxes, "lists": []}


def test_a_deal_has_the_size_it_is_said_to_have() -> None:
    assert {len(deals.deal("a-long-series", number)) for number in (0, 7, 4711)} == {deals.DEAL_BYTES}
    assert 820_000 < len(deals.batch("list", 1)) < 840_000


def test_a_total_is_worked_out_line_by_line() -> None:
    body = json.loads(deals.deal("any", 3))
    total = Decimal(0)
    for line in body["lines"]:
        full = Decimal(line["quantity"]) * Decimal(line["unit_price"]) * (1 - Decimal(line["discount"]))
        net = full.quantize(Decimal("0.01"), "ROUND_HALF_UP")
        total += net + (net * Decimal(line["tax_rate"])).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert deals.expected_total(3) == total


def test_right_books_are_right() -> None:
    assert wrong_deals(right_books(), SERIES, NUMBERS) == []


def lose(books: Books) -> None:
    books["invoices"].pop()


def double(books: Books) -> None:
    books["invoices"].append({**books["invoices"][0], "id": "i9"})


def miscount(books: Books) -> None:
    books["invoices"][0]["total"] = str(Decimal(books["invoices"][0]["total"]) + Decimal("0.01"))


def leave_the_box(books: Books) -> None:
    books["boxes"].pop()


def mix_up(books: Books) -> None:
    books["boxes"][0]["invoice_id"] = "i1"


@pytest.mark.parametrize("spoil", [lose, double, miscount, leave_the_box, mix_up])
def test_what_is_lost_doubled_or_wrong_is_seen(spoil: Any) -> None:
    books = right_books()
    spoil(books)
    assert wrong_deals(books, SERIES, NUMBERS) != []


@pytest.mark.thorough
def test_the_bare_script_makes_its_calls_at_a_running_target() -> None:
    with target_on() as target:
        command = [sys.executable, "-m", "tests.bench.floor", str(target.ports[0]), "20"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["runs_per_s"] > 0
        carried = target.stats()
    assert (carried["invoices"], carried["boxes"], carried["calls"]) == (28, 28, 98)


def test_the_table_says_what_failed() -> None:
    told = table({"machine": {}, "sqlite": {"runs_per_s": 12.5, "failed": {"echo": "It was lost."}}})
    assert "12.5" in told
    assert "sqlite, echo FAILED: It was lost." in told


@pytest.mark.processes
def test_a_whole_installation_is_measured() -> None:
    command = [sys.executable, "-m", "tests.bench", "--quick", "--json", "--only", "sqlite"]
    done = subprocess.run(
        [*command, "--scenario", "low_rate"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])["sqlite"]
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
