"""Whose dispatcher sweeps: written now and then, so that people see that one does; machines that are gone are forgotten."""

from datetime import timedelta

from django.utils import timezone

from integrations.tasks.models import Sweeper
from integrations.tasks.roster import here

__all__ = ["say_swept"]

FORGOTTEN_AFTER = timedelta(days=1)


def say_swept() -> None:
    """A chore: this machine's dispatcher is at work."""
    now = timezone.now()
    Sweeper.objects.update_or_create(host=here()[:120], defaults={"swept_at": now})
    Sweeper.objects.filter(swept_at__lt=now - FORGOTTEN_AFTER).delete()
