"""The seam to the queue: a message carries nothing and means *drain*. The database says what is due."""

from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

__all__ = ["QueueAway", "QueueBackend", "get_backend"]

BACKENDS = {
    "embedded": "integrations.tasks.embedded.EmbeddedQueue",
    "celery": "integrations.tasks.distributed.CeleryQueue",
}


class QueueAway(Exception):  # noqa: N818 - not an error: the next sweep tries again
    """The broker can't be reached; nothing was queued."""


class QueueBackend(Protocol):
    """Lost or doubled messages are harmless: the dispatcher queues again whatever did not become a drain."""

    workers_come_and_go: bool
    """True: there may be any number of workers, so as many messages as one of them has slots always wait for the next free slot.
    False: there is one worker, and one message for each of its slots that is empty."""

    def queue_drain(self, owner: str) -> None:
        """Ask for one more resident drain, which will call itself `owner`. Raises `QueueAway`, within a few seconds."""


@cache
def get_backend() -> QueueBackend:
    """The backend that INTERLOCK_QUEUE names."""
    backend: QueueBackend = import_string(BACKENDS[settings.QUEUE])()
    return backend
