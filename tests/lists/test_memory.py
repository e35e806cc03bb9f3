"""A list of 200,000 items takes no more memory than its pages do one after the other."""

import threading
from pathlib import Path
from typing import Any, Self

import pytest

from connectors.sdk.operation import Portion
from connectors.sdk.wire import Json
from integrations.lists.reading import list_of
from integrations.runs.calls import Calls, StepCall
from tests.runs.carrying import arrive, carry, install, output_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.thorough]

COUNT = 200_000
PAGE = 500
MOST = 100.0  # MB that may come on top
_MEGABYTE = 1024 * 1024
_MEMORY_PAGE = 4096  # bytes


class Memory:
    """The most memory this process has had since `with` began, in MB above what it had then."""

    def __init__(self) -> None:
        self.grown = 0.0
        self._before = _resident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.grown = max(self.grown, _resident() - self._before)


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _MEMORY_PAGE / _MEGABYTE


def product(number: int) -> dict[str, Json]:
    return {
        "id": f"{number:032x}",
        "item_code": f"CODE-{number}",
        "description": f"A product of middling size, number {number}",
        "sales_price": f"{number % 900}.25",
        "sales_ledger_account_id": f"account-{number % 7}",
    }


def listed(_calls: Calls, _step: StepCall, at: Json) -> Portion:
    """A page as the far system would give it."""
    first = at or 0
    after = first + PAGE
    return Portion([product(number) for number in range(first, after)], after if after < COUNT else None)


NODES: dict[str, Any] = {
    "read": {"type": "call", "slot": "ledger", "config": {"operation": "sage50.list_products"}},
    "shape": {
        "type": "map",
        "config": {
            "mapping": {
                "kind": "list",
                "from": "$steps.read.products",
                "as": "one",
                "item": {
                    "kind": "object",
                    "fields": [
                        {"key": "code", "value": {"kind": "expr", "src": "$lowercase($one.item_code)"}},
                        {"key": "account", "value": {"kind": "path", "path": "$one.sales_ledger_account_id"}},
                        {"key": "price", "value": {"kind": "expr", "src": '$mul($one.sales_price, "1.2")'}},
                    ],
                },
            }
        },
    },
    "sums": {
        "type": "aggregate",
        "config": {
            "items": "$steps.shape",
            "key": "$item.account",
            "fields": [{"name": "price", "operation": "sum", "value": "$item.price"}],
        },
    },
    "cut": {"type": "batch", "config": {"items": "$steps.shape", "size": 1000}},
}


def test_a_long_list_is_never_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calls, "page", listed)
    run = arrive(install(NODES, "start -> read", "read -> shape", "shape -> sums", "sums -> cut"), key="D1")
    with Memory() as memory:
        assert [one.state for one in carry()] == ["succeeded"]
    assert sum(one["count"] for one in output_of(run, "sums")) == COUNT
    groups = list_of(run.pk, "cut", "")
    assert (len(groups), groups[199]["items"][999]["code"]) == (200, f"code-{COUNT - 1}")
    assert memory.grown < MOST
