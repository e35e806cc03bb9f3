"""Whoever posts the webhooks: a process of its own, so that its work is not counted as Interlock's.

`python -m tests.bench.driver` reads one job as JSON from its standard input and writes one line of JSON:
`{"workload", "series", "first", "count", "urls": [[port, path, token]…], "concurrency"?, "rate"?}` →
`{"sent": {number: moment}, "acks": [milliseconds…], "refused": {status: count}, "began": moment, "began_wall": moment}`.
Moments are of the machine's monotonic clock, which all processes share.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import httptools
import uvloop

from tests.bench import deals

__all__ = ["main"]

WORKLOADS: dict[str, Callable[[str, int], bytes]] = {
    "deal": deals.deal,
    "echo": deals.echo,
    "batch": deals.batch,
    "listing": deals.listing,
}
HOST = "127.0.0.1"
PATIENCE = 120.0  # seconds for one answer


@dataclass
class Record:
    """What was sent when, and how it was answered."""

    sent: dict[int, float] = field(default_factory=dict)
    acks: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


class Line(asyncio.Protocol):
    """One keep-alive connection that carries one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(self._parser.get_status_code())
        self._parser = httptools.HttpResponseParser(self)

    @property
    def open(self) -> bool:
        return self._transport is not None

    async def post(self, request: bytes) -> int:
        """The status of the answer. Raises `OSError` when there is none."""
        if self._transport is None:
            raise ConnectionResetError
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await asyncio.wait_for(self._answered, PATIENCE)


class Driver:
    """Posts deals first … first + count − 1, each once, round robin over the URLs."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._record = Record()
        make, numbers = WORKLOADS[job["workload"]], range(job["first"], job["first"] + job["count"])
        self._requests = {number: self._request(make(job["series"], number), number) for number in numbers}
        self._idle: dict[int, list[Line]] = {}

    async def run(self) -> dict[str, Any]:
        began, wall = time.monotonic(), time.time()
        await (self._steadily() if self._job.get("rate") else self._closed_loop())
        record = self._record
        return {
            "began": began,
            "began_wall": wall,
            "sent": record.sent,
            "acks": record.acks,
            "refused": record.refused,
        }

    async def _closed_loop(self) -> None:
        """So many at once: the next is posted when one is answered."""
        waiting = iter(self._requests)

        async def post_on() -> None:
            for number in waiting:
                await self._post(number)

        await asyncio.gather(*(post_on() for _ in range(self._job["concurrency"])))

    async def _steadily(self) -> None:
        """So many a second, answered or not."""
        began, tasks = time.monotonic(), []
        for at, number in enumerate(self._requests):
            await asyncio.sleep(max(began + at / self._job["rate"] - time.monotonic(), 0))
            tasks.append(asyncio.create_task(self._post(number)))
        await asyncio.gather(*tasks)

    async def _post(self, number: int) -> None:
        port = self._job["urls"][number % len(self._job["urls"])][0]
        idle = self._idle.setdefault(port, [])
        sent = self._record.sent[number] = time.monotonic()
        try:
            line = idle.pop() if idle else await self._connect(port)
            status = await line.post(self._requests[number])
        except (OSError, TimeoutError) as problem:
            self._record.refused[type(problem).__name__] += 1
            return
        if line.open:
            idle.append(line)
        if status == 200:
            self._record.acks.append((time.monotonic() - sent) * 1000)
        else:
            self._record.refused[str(status)] += 1

    async def _connect(self, port: int) -> Line:
        _, line = await asyncio.get_running_loop().create_connection(Line, HOST, port)
        return line

    def _request(self, body: bytes, number: int) -> bytes:
        _, path, token = self._job["urls"][number % len(self._job["urls"])]
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
            f"X-Bench-Token: {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def main() -> None:
    driver = Driver(json.loads(sys.stdin.readline()))
    sys.stdout.write(json.dumps(uvloop.run(driver.run())) + "\n")


if __name__ == "__main__":
    main()
