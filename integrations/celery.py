"""The Celery application; imported only by `celery -A integrations` and `tasks/distributed.py`.

Unsafe defaults are pinned: late acknowledgement, one message at a time, JSON only, no results, and a visibility
time-out beyond the longest drain.
"""

import os

from celery import Celery
from django.conf import settings
from django.utils.module_loading import import_string

__all__ = ["app", "drain_task"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.settings")

app = Celery("interlock")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_time_limit=60,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 120,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    },
)


def run_drain(owner: str) -> None:
    """One resident drain."""
    import_string("integrations.tasks.drain.drain")(owner)


drain_task = app.task(name="interlock.drain")(run_drain)
