"""Who is at work: a row per resident drain, so that the dispatcher knows when to queue another, and one per dispatcher."""

from django.db import models

__all__ = ["Drain", "Sweeper"]


class Drain(models.Model):
    """A drain is queued (a message is under way), live (a process beats) or gone (its row is deleted)."""

    owner = models.CharField(
        max_length=64, unique=True, help_text="Instance id: host, pid, start; new at every start."
    )
    state = models.CharField(max_length=8, default="queued")
    host = models.CharField(max_length=120, blank=True, default="")
    pid = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.owner


class Sweeper(models.Model):
    """A machine whose dispatcher sweeps. Written only now and then, so that people can see that it does."""

    host = models.CharField(max_length=120, unique=True)
    swept_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.host
