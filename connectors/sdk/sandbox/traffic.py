"""What went over the wire lately, for the page and for tests. Kept in memory; no headers, so no secrets."""

import threading
from collections import deque
from dataclasses import asdict, dataclass

from connectors.sdk.wire import Json

__all__ = ["Exchange", "Traffic"]

KEPT = 20_000


@dataclass(frozen=True)
class Exchange:
    """One request to a simulator, or one webhook delivery of it (`method` "HOOK"). `status` 0 = no answer."""

    system: str
    method: str
    path: str
    status: int
    millis: float
    at: int
    fault: str = ""
    note: str = ""


class Traffic:
    """The last exchanges, numbered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[tuple[int, Exchange]] = deque(maxlen=KEPT)
        self._last = 0

    def add(self, exchange: Exchange) -> None:
        with self._lock:
            self._last += 1
            self._kept.append((self._last, exchange))

    def after(self, number: int, limit: int = 1000) -> Json:
        """{"last", "items": the newest `limit` exchanges with a number above `number`, oldest first}."""
        with self._lock:
            kept = list(self._kept)
            last = self._last
        items = [{"number": n, **asdict(exchange)} for n, exchange in kept[-limit:] if n > number]
        return {"last": last, "items": items}
