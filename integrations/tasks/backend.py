"""The seam to the queue: a message carries nothing and means *drain*. The database says what is due."""

from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

__all__ = ["QueueBackend", "get_backend"]

BACKENDS = {
    "embedded": "integrations.tasks.embedded.EmbeddedQueue",
    "celery": "integrations.tasks.distributed.CeleryQueue",
}


class QueueBackend(Protocol):
    """Lost or doubled messages are harmless: the dispatcher queues a drain whenever there are fewer than slots."""

    def queue_drain(self, owner: str) -> None:
        """Ask for one more resident drain, which will call itself `owner`."""


@cache
def get_backend() -> QueueBackend:
    """The backend that INTERLOCK_QUEUE names."""
    backend: QueueBackend = import_string(BACKENDS[settings.QUEUE])()
    return backend
