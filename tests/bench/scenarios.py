"""What is measured, one function a scenario: each posts, waits, checks every deal, and gives its figures."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench import database, deals
from tests.bench.install import Webhook
from tests.bench.load import Load, drive, finish, read_driver, start_driver, wrong_deals
from tests.bench.long_list import long_list
from tests.bench.measure import Memory, cpu_by_process, cpu_seconds, percentile, pss_mb
from tests.bench.stage import BenchError, Product, Target

__all__ = ["SCENARIOS", "Bench", "Figures", "carry", "warm_up"]

Figures = dict[str, Any]
DEALS = "deal-to-invoice"


@dataclass
class Bench:
    """One installation under measurement. `quick`: smaller numbers. `over`: how many runs of a flow there are already."""

    product: Product
    target: Target
    webhooks: dict[str, Webhook]
    quick: bool
    over: dict[str, int] = field(default_factory=dict)
    floor: Figures = field(default_factory=dict)

    def size(self, quick: int, full: int) -> int:
        return quick if self.quick else full

    def settle(self, flow: str, count: int) -> None:
        """Wait until `count` more runs of the flow are over."""
        self.over[flow] = self.over.get(flow, 0) + count
        database.wait_until_over(flow, self.over[flow])


def warm_up(bench: Bench) -> None:
    """Carry some deals, so that no figure holds a first time."""
    carry(bench, "warm", 60)


def carry(bench: Bench, series: str, count: int) -> None:
    """Carry so many deals, unmeasured."""
    _carried(bench, Load(series, count, [bench.webhooks[DEALS]]))


def saturation(bench: Bench) -> Figures:
    """As many as it can carry: the figures that the goals are about."""
    before, tables, count = database.size(), database.by_table(), bench.size(600, 3000)
    figures = _deals(bench, "sat", count)
    figures["bytes_per_run"] = round((database.size() - before) / count)
    grown = {name: round((size - tables.get(name, 0)) / count) for name, size in database.by_table().items()}
    largest = sorted(grown.items(), key=lambda one: -one[1])
    figures["bytes_by_table"] = {name: size for name, size in largest if size > 0}
    floor = bench.floor.get("runs_per_s", 0)
    figures["floor_ratio"] = round(figures["runs_per_s"] / floor, 3) if floor else 0.0
    return figures


def saturation_20(bench: Bench) -> Figures:
    """The same with a target that takes 20 ms for every call."""
    return {
        f"{name}_20": value for name, value in _deals(bench, "sat20", bench.size(300, 2000), 0.02).items()
    }


def far_300(bench: Bench) -> Figures:
    """The same with a target that takes 300 ms: what counts is how many wait side by side."""
    figures = _deals(bench, "sat300", bench.size(120, 1000), 0.3)
    return {"runs_per_s_300": figures["runs_per_s"]}


def second_worker(bench: Bench) -> Figures:
    """The same with two workers, where there may be two: on a queue of its own."""
    if bench.product.env.get("INTERLOCK_QUEUE") != "celery":
        return {}
    bench.product.stop()
    bench.product.workers = 2
    bench.product.start()
    figures = _deals(bench, "two300", bench.size(120, 1000), 0.3)
    bench.product.stop()
    bench.product.workers = 1
    bench.product.start()
    return {"runs_per_s_300_two_workers": figures["runs_per_s"]}


def low_rate(bench: Bench) -> Figures:
    """10 deals a second: from the webhook's first byte to the invoice."""
    series, rate = "low", 10
    count = rate * bench.size(8, 20)
    sent, books, acks = _carried(bench, Load(series, count, [bench.webhooks[DEALS]], rate=rate))
    delays = _delays(books, series, sent)
    return {
        "p50_ms": round(percentile(delays, 50), 1),
        "p99_ms": round(percentile(delays, 99), 1),
        "ack_p50_ms_10": round(percentile(acks, 50), 1),
        "ack_p99_ms_10": round(percentile(acks, 99), 1),
    }


def middle_rate(bench: Bench) -> Figures:
    """50 deals a second: how long a far system waits for its answer."""
    series, rate = "middle", 50
    count = rate * bench.size(6, 20)
    sent, books, acks = _carried(bench, Load(series, count, [bench.webhooks[DEALS]], rate=rate))
    delays = _delays(books, series, sent)
    return {
        "ack_p50_ms_50": round(percentile(acks, 50), 1),
        "ack_p99_ms_50": round(percentile(acks, 99), 1),
        "p50_ms_50": round(percentile(delays, 50), 1),
        "p99_ms_50": round(percentile(delays, 99), 1),
    }


def echo(bench: Bench) -> Figures:
    """A flow that computes one value: what a run costs without any far system."""
    count = bench.size(600, 3000)
    busy = cpu_seconds(bench.product.pid)
    outcome = drive(Load("echo", count, [bench.webhooks["echo"]], workload="echo"), bench.product)
    bench.settle("echo", count)
    used = cpu_seconds(bench.product.pid) - busy
    seconds = database.ended("echo").timestamp() - outcome.began_wall
    return {
        "echo_runs_per_s": round(count / seconds, 1),
        "echo_cpu_ms_per_run": round(used / count * 1000, 2),
    }


def batch(bench: Bench) -> Figures:
    """One list of 10,000 items through one map; every item is looked at."""
    count, expected = 10_000, deals.expected_items()
    best = 0.0
    for number in range(bench.size(2, 5)):
        bench.target.reset()
        load = Load("list", 1, [bench.webhooks["batch"]], workload="batch", concurrency=1, first=number)
        outcome = drive(load, bench.product)
        bench.settle("batch", 1)
        stats = finish(bench.target, 1, "lists")
        if database.latest_output("batch", "items") != expected:
            raise BenchError("The batch made other items than it must.")
        best = max(best, count / (stats["last"] - outcome.sent[number]))
    return {"batch_items_per_s": round(best)}


def ready_again(bench: Bench) -> Figures:
    """kill -9 of everything while deals are under way; started again; every accepted deal is carried, once."""
    series, count = "kill", bench.size(200, 500)
    bench.target.reset()
    driver = start_driver(Load(series, count, [bench.webhooks[DEALS]], concurrency=20), bench.product)
    finish(bench.target, count // 4, "invoices")
    bench.product.kill()
    outcome = read_driver(driver)
    ready = bench.product.start()
    accepted = database.accepted(DEALS, series)
    if len(accepted) < len(outcome.acks):
        raise BenchError(f"{len(outcome.acks)} webhooks were answered, {len(accepted)} are there.")
    finish(bench.target, len(accepted))
    bench.settle(DEALS, len(accepted))
    if wrong := wrong_deals(bench.target.books(), series, accepted):
        raise BenchError(f"{series}: {'; '.join(wrong[:5])}.")
    return {
        "ready_after_kill_s": round(ready, 1),
        "acked_before_kill": len(outcome.acks),
        "lost": 0,
        "doubled": 0,
    }


def one_hanging(bench: Bench) -> Figures:
    """Three accounts under load; then one of them never answers. Leaves work behind: nothing may come after it."""
    rates = []
    for series, hanging in (("even", []), ("hang", bench.target.ports[2:])):
        bench.target.reset()
        bench.target.behave(0.02, hanging)
        flows = [DEALS, f"{DEALS}-b", f"{DEALS}-c"]
        count = bench.size(240, 1500)
        outcome = drive(Load(series, count, [bench.webhooks[flow] for flow in flows]), bench.product)
        others = [number for number in range(count) if number % 3 != 2]
        finish(bench.target, len(others) if hanging else count)
        books = bench.target.books()
        if wrong := wrong_deals(books, series, others):
            raise BenchError(f"{series}: {'; '.join(wrong[:5])}.")
        mine = {f"{series}-{number}" for number in others}
        last = max(one["at"] for one in books["invoices"] if one["reference"] in mine)
        rates.append(len(others) / (last - outcome.began))
    return {"others_rate_when_one_hangs": round(rates[1] / rates[0], 2)}


def idle(bench: Bench) -> Figures:
    """Memory of every process while nothing happens."""
    time.sleep(3)
    return {"idle_pss_mb": round(pss_mb(bench.product.pid))}


SCENARIOS: dict[str, Callable[[Bench], Figures]] = {
    "idle": idle,
    "low_rate": low_rate,
    "saturation": saturation,
    "middle_rate": middle_rate,
    "saturation_20": saturation_20,
    "far_300": far_300,
    "second_worker": second_worker,
    "echo": echo,
    "batch": batch,
    "long_list": long_list,
    "ready_again": ready_again,
    "one_hanging": one_hanging,
}
"""By name, in the order they are played."""


def _deals(bench: Bench, series: str, count: int, delay: float = 0.0) -> Figures:
    """Deals at concurrency 30, with CPU, memory and latencies."""
    bench.target.behave(delay)
    memory, busy = Memory(bench.product.pid), cpu_by_process(bench.product.pid)
    sent, books, acks = _carried(bench, Load(series, count, [bench.webhooks[DEALS]]))
    used = {
        name: (spent - busy.get(name, 0.0)) / count * 1000
        for name, spent in cpu_by_process(bench.product.pid).items()
    }
    bench.target.behave()
    last = max(one["at"] for one in books["invoices"])
    return {
        "runs_per_s": round(count / (last - min(sent.values())), 1),
        "cpu_ms_per_run": round(sum(used.values()), 2),
        "cpu_ms_by_process": {name: round(spent, 2) for name, spent in used.items()},
        "ack_p50_ms": round(percentile(acks, 50), 1),
        "ack_p99_ms": round(percentile(acks, 99), 1),
        "peak_pss_mb": round(memory.stop()),
    }


def _carried(bench: Bench, load: Load) -> tuple[dict[int, float], dict[str, list[Any]], list[float]]:
    """Post deals, wait for all that must come, check it. When each was sent, the target's books, the answers' times in ms."""
    bench.target.reset()
    outcome = drive(load, bench.product)
    finish(bench.target, load.count)
    bench.settle(DEALS, load.count)
    books = bench.target.books()
    numbers = list(range(load.first, load.first + load.count))
    if wrong := wrong_deals(books, load.series, numbers):
        raise BenchError(f"{load.series}: {'; '.join(wrong[:5])}.")
    return outcome.sent, books, outcome.acks


def _delays(books: dict[str, list[Any]], series: str, sent: dict[int, float]) -> list[float]:
    """Milliseconds from webhook to invoice."""
    arrived = {one["reference"]: one["at"] for one in books["invoices"]}
    return [(arrived[f"{series}-{number}"] - at) * 1000 for number, at in sent.items()]
