"""`manage.py dispatcher`: the sweep that keeps drains resident and frees the runs of the dead."""

import signal

from django.core.management.base import BaseCommand

from integrations.tasks.dispatcher import Dispatcher


class Command(BaseCommand):
    help = "Sweep every 2 seconds: keep drains resident, reap expired leases, wake what is due. Safe to run twice."

    def handle(self, *args: object, **options: object) -> None:
        dispatcher = Dispatcher()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: dispatcher.stopping.set())
        dispatcher.serve()
