"""Keeps the queue's tables in their own database: hints may be lost, business data may not wait for them."""

from typing import Any

__all__ = ["QueueRouter"]

QUEUE_APP = "django_q"


class QueueRouter:
    """django-q2's tables live in `queue`, everything else in `default`."""

    def db_for_read(self, model: Any, **_hints: object) -> str | None:
        return "queue" if model._meta.app_label == QUEUE_APP else None  # noqa: SLF001 - Django's documented router API

    def db_for_write(self, model: Any, **hints: object) -> str | None:
        return self.db_for_read(model, **hints)

    def allow_migrate(self, db: str, app_label: str, **_hints: object) -> bool:
        return (db == "queue") == (app_label == QUEUE_APP)
