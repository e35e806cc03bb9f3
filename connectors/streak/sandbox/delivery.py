"""Delivers queued webhooks: at once, in order per record, again with growing waits until the target answers 200 or 410."""

import contextlib
import heapq
import http.client
import threading
import time
import zlib
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from connectors.sdk.sandbox.http import encode
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.sandbox.traffic import Exchange

__all__ = ["RETRY_SECONDS", "Deliveries"]

RETRY_SECONDS: Sequence[int] = (10, 30, 120, 600, 3600)
"""The waits before the second attempt, the third …; the last one repeats."""

GIVE_UP_AFTER = 24
TIMEOUT = 10.0
LANES = 6


class Deliveries:
    """The background of the Streak simulator: a few lanes of one thread each."""

    def __init__(self, world: World) -> None:
        self._lanes = [_Lane(world, number) for number in range(LANES)]
        self._world = world

    def start(self) -> None:
        for lane in self._lanes:
            lane.start()
        self.wake()

    def stop(self) -> None:
        for lane in self._lanes:
            lane.stop()

    def wake(self, key: str = "") -> None:
        """Look at one queued delivery, or with "" at all of them (after a start, or when the clock was moved)."""
        records = self._world.records
        one = records.get("delivery", key) if key else None
        for delivery in [one] if one else [] if key else records.all("delivery"):
            lane = zlib.crc32((delivery["about"] or delivery["key"]).encode()) % LANES
            self._lanes[lane].add(delivery)


class _Lane:
    """Deliveries one after the other, the most due first."""

    def __init__(self, world: World, number: int) -> None:
        self._world = world
        self._waiting: list[tuple[float, str]] = []
        self._changed = threading.Condition()
        self._stopping = False
        self._lines: dict[str, http.client.HTTPConnection] = {}
        self._scale = float(world.settings.get("retry_scale", 1))
        self._thread = threading.Thread(target=self._work, name=f"streak-webhooks-{number}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(TIMEOUT + 1)

    def add(self, delivery: Record) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (self._world.clock.real(delivery["due"]), delivery["key"]))
            self._changed.notify_all()

    def _next(self) -> str | None:
        with self._changed:
            while not self._stopping:
                wait = self._waiting[0][0] - time.time() if self._waiting else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._waiting)[1]
                self._changed.wait(wait)
        return None

    def _work(self) -> None:
        while (key := self._next()) is not None:
            delivery = self._world.records.get("delivery", key)
            if delivery and delivery["due"] <= self._world.clock.millis() + 1:
                self._settle(delivery, self._send(delivery))
        for origin in list(self._lines):
            self._forget(origin)

    def _send(self, delivery: Record) -> int:
        """Deliver once; the status, 0 without an answer."""
        began, origin = time.perf_counter(), ""
        headers = {"Content-Type": "application/json", "User-Agent": "Streak-Sandbox"}
        if delivery["token"]:
            headers["X-Streak-Webhook-Token"] = delivery["token"]
        try:
            target = urlsplit(delivery["url"])
            origin = f"{target.scheme}://{target.netloc}"
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            status = self._post(origin, path, encode(delivery["body"]), headers)
        except (OSError, http.client.HTTPException, ValueError):
            self._forget(origin)
            status = 0
        millis = round((time.perf_counter() - began) * 1000, 2)
        now, note = self._world.clock.millis(), delivery["about"]
        self._world.traffic.add(Exchange("streak", "HOOK", delivery["event"], status, millis, now, note=note))
        return status

    def _post(self, origin: str, path: str, body: bytes, headers: dict[str, str]) -> int:
        fresh = origin not in self._lines
        try:
            return self._exchange(origin, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            if fresh:
                raise
            self._forget(origin)
            return self._exchange(origin, path, body, headers)

    def _exchange(self, origin: str, path: str, body: bytes, headers: dict[str, str]) -> int:
        line = self._lines.get(origin) or self._connect(origin)
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status

    def _connect(self, origin: str) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if origin.startswith("https:") else http.client.HTTPConnection
        self._lines[origin] = kind(urlsplit(origin).netloc, timeout=TIMEOUT)
        return self._lines[origin]

    def _forget(self, origin: str) -> None:
        line = self._lines.pop(origin, None)
        if line:
            with contextlib.suppress(OSError):
                line.close()

    def _settle(self, delivery: Record, status: int) -> None:
        records = self._world.records
        with records.store.writing():
            if records.get("delivery", delivery["key"]) is None:
                return
            if status == HTTPStatus.GONE:
                self._unsubscribe(delivery)
            elif status == HTTPStatus.OK or delivery["attempts"] + 1 >= GIVE_UP_AFTER:
                records.delete("delivery", delivery["key"])
            else:
                self._again(delivery)
            self._release(delivery)

    def _unsubscribe(self, delivery: Record) -> None:
        records = self._world.records
        records.delete("webhook", delivery["webhook"])
        for other in records.find("delivery", "webhook", delivery["webhook"]):
            records.delete("delivery", other["key"])

    def _again(self, delivery: Record) -> None:
        attempts = delivery["attempts"] + 1
        wait = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1] * self._scale
        due = self._world.clock.millis() + int(wait * 1000)
        self._world.records.put(
            "delivery", delivery["key"], delivery | {"attempts": attempts, "due": due, "held": False}
        )
        self._world.wake(delivery["key"])

    def _release(self, delivery: Record) -> None:
        """Let go of an older delivery about the same record that a fault held back to be overtaken."""
        for other in self._world.records.find("delivery", "about", delivery["about"]):
            if other["held"] and other["key"] != delivery["key"] and delivery["about"]:
                due = {"held": False, "due": self._world.clock.millis()}
                self._world.records.put("delivery", other["key"], other | due)
                self._world.wake(other["key"])
