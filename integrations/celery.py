"""The Celery application; imported only by `celery -A integrations.celery`, `manage.py worker` and `tasks/distributed.py`.

A message is a hint, so everything here is chosen for one of two ends: a worker that dies loses no run, and nobody waits for the
broker. Unsafe defaults are pinned.
"""

import os
from typing import Any

from celery import Celery, bootsteps
from celery.signals import setup_logging, worker_process_init, worker_shutting_down
from django.conf import settings
from django.utils.module_loading import import_string

__all__ = ["app", "drain_task"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.settings")

DIAL = 3.0  # seconds a connection to the broker may take to come up
OF_REDIS = {
    "visibility_timeout": settings.DRAIN_LIMIT
    + 60,  # longer than any drain, or Redis hands its message out again
    "unacked_restore_interval": 2,  # seconds; with its throttle of 10 a killed worker's messages would wait for 100 s
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": DIAL,
    "socket_timeout": 30.0,  # a broker that vanished without a word is noticed
    "socket_keepalive": True,
    "health_check_interval": 10,
}
OF_RABBIT = {"confirm_publish": True, "read_timeout": 30, "write_timeout": 10}

app = Celery("interlock")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options=OF_REDIS if settings.CELERY_BROKER_URL.startswith("redis") else OF_RABBIT,
    broker_connection_timeout=DIAL,
    broker_connection_retry=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker never gives the broker up
    broker_heartbeat=10,
    task_default_queue="interlock",
    task_default_delivery_mode="transient",  # a broker need not keep hints through its own restart
    task_publish_retry=False,  # the next sweep tries again
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=True,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    result_backend=None,
    task_serializer="json",
    accept_content=["json"],
    task_time_limit=settings.DRAIN_LIMIT,
    worker_pool="prefork",
    worker_concurrency=settings.DRAIN_SLOTS,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=500,
    worker_proc_alive_timeout=60.0,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_enable_prefetch_count_reduction=False,  # else a drain that died meanwhile leaves its slot empty for good
    worker_detect_quorum_queues=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
)


class BrokerWatch(bootsteps.StartStopStep):  # type: ignore[misc]  # celery has no types
    """Notices that Redis has gone. A worker whose slots are all taken reads nothing from it, and when the messages of its drains
    can't be acknowledged then, it would believe for ever that it has no room for another one."""

    requires = {"celery.worker.consumer.tasks:Tasks"}
    LOOK_EVERY = 3.0  # seconds

    def start(self, consumer: Any) -> None:
        self._timer = consumer.timer.call_repeatedly(self.LOOK_EVERY, self._look, (consumer,))

    def stop(self, _consumer: Any) -> None:
        self._timer.cancel()

    shutdown = stop

    def _look(self, consumer: Any) -> None:
        """A connection error raised here makes the consumer connect anew, as one met while reading does. The question goes over
        a connection from the channel's pool: on its own one an answer may be awaited already."""
        with consumer.connection.default_channel.conn_or_acquire() as client:
            client.ping()


if settings.CELERY_BROKER_URL.startswith("redis"):
    app.steps["consumer"].add(BrokerWatch)


def run_drain(owner: str) -> None:
    """One resident drain."""
    import_string("integrations.tasks.drain.drain")(owner)


drain_task = app.task(name="interlock.drain")(run_drain)


@setup_logging.connect  # type: ignore[untyped-decorator]  # celery has no types
def leave_logging_alone(**_given: Any) -> None:
    """With a receiver of this signal Celery sets up no logging of its own: Django's is in place."""


@worker_process_init.connect  # type: ignore[untyped-decorator]  # celery has no types
def forget_connections(**_given: Any) -> None:
    """A new child keeps nothing that was opened before the fork: `integrations.database` sees to databases, this to the broker."""
    app.pool.force_close_all()


@worker_shutting_down.connect  # type: ignore[untyped-decorator]  # celery has no types
def end_drains(**_given: Any) -> None:
    """A warm shutdown waits for its tasks; these wait for nothing but what they hold."""
    import_string("integrations.tasks.doorbell.ask_to_end")()
