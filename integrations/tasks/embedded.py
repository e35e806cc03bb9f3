"""django-q2 with the ORM broker: nothing to install. Its workers start, restart and spread drains."""

from django_q.tasks import async_task

__all__ = ["EmbeddedQueue"]

ENTRY = "integrations.tasks.drain.drain"


class EmbeddedQueue:
    """Messages are rows in their own SQLite file; one worker with `DRAIN_SLOTS` slots takes them."""

    workers_come_and_go = False

    def queue_drain(self, owner: str) -> None:
        async_task(ENTRY, owner, ack_failure=True)
