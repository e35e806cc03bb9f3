"""Celery with Redis or RabbitMQ: any number of worker machines. The same drains, started by another queue."""

import logging

from celery.exceptions import OperationalError

from integrations.celery import drain_task
from integrations.tasks.backend import QueueAway

__all__ = ["CeleryQueue"]

logger = logging.getLogger(__name__)
STALE_AFTER = 120  # seconds; a message nobody took by then has been made up for


class CeleryQueue:
    """Messages are acknowledged late and given back when a worker dies; drains don't mind being started twice."""

    workers_come_and_go = True

    def __init__(self) -> None:
        self._away = False

    def queue_drain(self, owner: str) -> None:
        try:
            drain_task.apply_async((owner,), expires=STALE_AFTER, retry=False)
        except (OperationalError, OSError) as problem:
            if not self._away:
                logger.warning(
                    "the broker is away; drains at work go on, new ones wait for it to come back: %s", problem
                )
            self._away = True
            raise QueueAway from problem
        if self._away:
            logger.warning("the broker is back")
        self._away = False
