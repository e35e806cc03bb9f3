"""The floor: a bare script that makes the same 3.5 calls a deal and keeps nothing. No engine can be faster with this client.

`python -m tests.bench.floor <port> <count>` writes one line of JSON: `{"runs_per_s", "cpu_ms_per_run"}`.
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

__all__ = ["main"]

THREADS = 8
_own = threading.local()


def carry(base: str, number: int) -> None:
    """One deal: find its customer, make it when it is unknown, invoice it, write the box."""
    session: requests.Session | None = getattr(_own, "session", None)
    if session is None:
        session = _own.session = requests.Session()
        session.trust_env = False
    email = f"{number}@floor.example"
    found = session.get(f"{base}/customers", params={"email": email}, timeout=30).json()["results"]
    customer = (
        found[0]
        if found
        else session.post(f"{base}/customers", json={"email": email, "name": "Dora Penn"}, timeout=30).json()
    )
    line = {
        "item": "ITEM-01",
        "description": "Fitting",
        "quantity": "3",
        "unit_price": "12.500",
        "net": "37.50",
        "tax": "7.50",
    }
    invoice = {
        "customer_id": customer["id"],
        "reference": f"floor-{number}",
        "total": "225.00",
        "currency": "GBP",
        "lines": [line] * 5,
    }
    made = session.post(f"{base}/invoices", json=invoice, timeout=30).json()
    session.post(f"{base}/boxes/floor-{number}", json={"invoice_id": made["id"]}, timeout=30).json()


def main() -> None:
    base, count = f"http://127.0.0.1:{sys.argv[1]}", int(sys.argv[2])
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda number: carry(base, number), range(-THREADS, 0)))
        began, busy = time.monotonic(), os.times()
        list(pool.map(lambda number: carry(base, number), range(count)))
        seconds, after = time.monotonic() - began, os.times()
    used = after.user + after.system - busy.user - busy.system
    figures = {"runs_per_s": count / seconds, "cpu_ms_per_run": used / count * 1000}
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
