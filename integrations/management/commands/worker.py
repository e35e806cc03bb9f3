"""`manage.py worker`: the django-q2 cluster whose workers are the drains (embedded installations)."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the embedded worker (django-q2). With INTERLOCK_QUEUE=celery run `celery -A integrations worker` instead."

    def handle(self, *args: object, **options: object) -> None:
        call_command("qcluster")
