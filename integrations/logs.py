"""What reaches the log, and what does not."""

import logging

__all__ = ["NoProbes"]


class NoProbes(logging.Filter):
    """Keeps "not ready yet" out of the log: whoever probes is told, and asks again."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path", "") != "/readyz"
