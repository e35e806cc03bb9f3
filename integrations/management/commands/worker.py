"""`manage.py worker`: the process whose children are the drains; which queue starts them is INTERLOCK_QUEUE's to say."""

import signal
import threading
import time
from types import FrameType

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from integrations.tasks.doorbell import ask_to_end, lead

ASK_AGAIN = 0.3  # seconds


class Command(BaseCommand):
    help = "Run a worker: django-q2's cluster, or with INTERLOCK_QUEUE=celery Celery's (as many of these as you like)."

    def handle(self, *args: object, **options: object) -> None:
        lead()
        if settings.QUEUE == "celery":
            work_for_celery()
        else:
            work_for_django_q()


def work_for_django_q() -> None:
    """The embedded worker: until it is told to stop, and its drains have finished what they hold."""
    cluster = import_string("django_q.cluster.Cluster")()
    cluster.start()

    def stop(number: int, frame: FrameType | None) -> None:
        """Drains finish what they hold and end; then the cluster stops."""
        threading.Thread(target=_keep_asking, name="end", daemon=True).start()
        cluster.sig_handler(number, frame)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not cluster.has_stopped:
        time.sleep(0.2)


def _keep_asking() -> None:
    """A drain that was about to begin hears nothing yet: ask until this process ends."""
    while True:
        ask_to_end()
        time.sleep(ASK_AGAIN)


def work_for_celery() -> None:
    """A Celery worker. On SIGTERM its drains are asked to end (integrations/celery.py), and it waits for them."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
    import_string("integrations.celery.app").worker_main(["--quiet", "worker", *quiet])
