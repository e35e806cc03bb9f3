"""Celery with Redis or RabbitMQ: any number of worker machines. The same drains, started by another queue."""

from integrations.celery import drain_task

__all__ = ["CeleryQueue"]


class CeleryQueue:
    """Messages are acknowledged late and given back when a worker dies; drains don't mind being started twice."""

    def queue_drain(self, owner: str) -> None:
        drain_task.delay(owner)
