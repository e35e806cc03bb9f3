"""Posting webhooks and waiting for what must come of them; every deal is checked, not only counted."""

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.bench import deals
from tests.bench.install import Webhook
from tests.bench.stage import ROOT, BenchError, Product, Target

__all__ = ["Load", "Outcome", "drive", "finish", "read_driver", "start_driver", "wrong_deals"]

PATIENCE = 180.0  # seconds for everything to have arrived
POLL = 0.05  # seconds


@dataclass(frozen=True)
class Load:
    """So many webhooks of one kind: `concurrency` at once, or `rate` a second. Every series has keys of its own."""

    series: str
    count: int
    webhooks: list[Webhook]
    workload: str = "deal"
    concurrency: int = 30
    rate: float = 0.0
    first: int = 0

    def job(self, port: int) -> dict[str, Any]:
        """What the driver reads."""
        urls = [(port, path, token) for path, token in self.webhooks]
        how = {"rate": self.rate} if self.rate else {"concurrency": self.concurrency}
        return {
            "workload": self.workload,
            "series": self.series,
            "first": self.first,
            "count": self.count,
            "urls": urls,
            **how,
        }


@dataclass
class Outcome:
    """What the driver saw. Moments are of the monotonic clock, latencies milliseconds."""

    began: float
    began_wall: float
    sent: dict[int, float]
    acks: list[float]
    refused: dict[str, int] = field(default_factory=dict)


def drive(load: Load, product: Product) -> Outcome:
    """Post it all. Raises `BenchError` when a webhook was not accepted."""
    outcome = _driven(load, product)
    if outcome.refused:
        raise BenchError(f"{load.series}: webhooks were not accepted: {outcome.refused}.")
    return outcome


def start_driver(load: Load, product: Product) -> "subprocess.Popen[str]":
    """A driver at work; `read_driver` waits for it."""
    command = [sys.executable, "-m", "tests.bench.driver"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if process.stdin is None:
        raise BenchError("The driver has no input.")
    process.stdin.write(json.dumps(load.job(product.web)) + "\n")
    process.stdin.flush()
    return process


def read_driver(process: "subprocess.Popen[str]") -> Outcome:
    said, _ = process.communicate()
    if process.returncode:
        raise BenchError("The driver failed.")
    found = json.loads(said)
    found["sent"] = {int(number): at for number, at in found["sent"].items()}
    return Outcome(**found)


def _driven(load: Load, product: Product) -> Outcome:
    return read_driver(start_driver(load, product))


def finish(target: Target, wanted: int, what: str = "boxes") -> dict[str, Any]:
    """Wait until so many have arrived. Raises `BenchError` when they don't."""
    until = time.monotonic() + PATIENCE
    while (stats := target.stats())[what] < wanted:
        if time.monotonic() > until:
            raise BenchError(f"Only {stats[what]} of {wanted} {what} arrived.")
        time.sleep(POLL)
    return stats


def wrong_deals(books: dict[str, list[dict[str, Any]]], series: str, numbers: list[int]) -> list[str]:
    """What is not as it must be: each deal one invoice of the right amount, its box written once, with that invoice."""
    invoices = [one for one in books["invoices"] if one["reference"].rpartition("-")[0] == series]
    boxes = [one for one in books["boxes"] if one["key"].rpartition("-")[0] == series]
    times, written = Counter(one["reference"] for one in invoices), Counter(one["key"] for one in boxes)
    made = {one["reference"]: one for one in invoices}
    wrong = []
    for number in numbers:
        key = f"{series}-{number}"
        if times[key] != 1:
            wrong.append(f"{key} has {times[key]} invoices")
        elif not _adds_up(made[key], deals.expected_total(number)):
            wrong.append(f"{key} comes to {made[key]['total']}, not {deals.expected_total(number)}")
        if written[key] != 1:
            wrong.append(f"{key} was written back {written[key]} times")
    held = {one["key"]: one["invoice_id"] for one in boxes}
    wrong += [
        f"{key} has another invoice's id" for key in held if key in made and held[key] != made[key]["id"]
    ]
    return wrong


def _adds_up(invoice: dict[str, Any], expected: Decimal) -> bool:
    lines = sum((Decimal(line["net"]) + Decimal(line["tax"]) for line in invoice["lines"]), Decimal(0))
    return Decimal(invoice["total"]) == lines == expected
