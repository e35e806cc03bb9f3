"""`manage.py worker`: the django-q2 cluster whose workers are the drains (embedded installations)."""

import signal
import time
from types import FrameType

from django.core.management.base import BaseCommand
from django_q.cluster import Cluster

from integrations.tasks.doorbell import ask_to_end


class Command(BaseCommand):
    help = "Run the embedded worker (django-q2). With INTERLOCK_QUEUE=celery run `celery -A integrations worker` instead."

    def handle(self, *args: object, **options: object) -> None:
        cluster = Cluster()
        cluster.start()

        def stop(number: int, frame: FrameType | None) -> None:
            """Drains finish what they hold and end; then the cluster stops."""
            ask_to_end()
            cluster.sig_handler(number, frame)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        while not cluster.has_stopped:
            time.sleep(0.2)
