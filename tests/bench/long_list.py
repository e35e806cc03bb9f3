"""A list of a million items: read from the far system page by page, mapped, summed up; what that takes in time and memory."""

import time
from typing import TYPE_CHECKING, Any

from tests.bench import database, deals
from tests.bench.load import Load, drive
from tests.bench.measure import Memory, pss_mb
from tests.bench.stage import BenchError

if TYPE_CHECKING:
    from tests.bench.scenarios import Bench

__all__ = ["long_list"]

FLOW = "long-list"


def long_list(bench: "Bench") -> dict[str, Any]:
    """One run over the whole list; the sums by item are compared with ours. Memory is that of all processes together."""
    count = bench.size(100_000, 1_000_000)
    time.sleep(1)  # what went before may be given back
    before, memory = pss_mb(bench.product.pid), Memory(bench.product.pid)
    outcome = drive(
        Load("listing", 1, [bench.webhooks[FLOW]], workload="listing", concurrency=1, first=count),
        bench.product,
    )
    bench.settle(FLOW, 1)
    seconds = database.ended(FLOW).timestamp() - outcome.began_wall
    peak = memory.stop()
    made = {one["key"]: (one["count"], one["net"]) for one in database.latest_output(FLOW, "sums")}
    if made != deals.expected_sums(count):
        raise BenchError("The long list came to other sums than it must.")
    return {"long_list_items_per_s": round(count / seconds), "long_list_mb": round(peak - before)}
