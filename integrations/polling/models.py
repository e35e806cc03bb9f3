"""How far each polled endpoint has looked, and backfills of a window of the past."""

from django.db import models
from django.db.models import Q

__all__ = ["Backfill", "PollState"]


class PollState(models.Model):
    """Where the polling of one endpoint stands; it survives releases.

    `high_water` is where the next sweep begins, by the far system's clock; it moves only when the last page of a sweep is
    stored. A sweep under way has `sweep_started`, what its next sweep will begin at (`next_water`), and the `cursor` of
    its next page. `boundary` is {record: version} of what lies at or after the mark, so that the overlap is not repeated;
    `seen` is the same for the sweep under way. `lease` names who polls now, until `lease_until`.
    """

    endpoint = models.OneToOneField("integrations.Endpoint", on_delete=models.CASCADE, related_name="poll")
    interval = models.PositiveIntegerField(help_text="Seconds between sweeps.")
    high_water = models.DateTimeField(null=True, blank=True)
    sweep = models.PositiveIntegerField(default=1)
    sweep_started = models.DateTimeField(null=True, blank=True)
    next_water = models.DateTimeField(null=True, blank=True)
    cursor = models.TextField(blank=True, default="")
    page_at = models.DateTimeField(null=True, blank=True, help_text="When the last page was stored.")
    boundary = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    lease = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When to look next; empty = not polled.")
    failures = models.PositiveIntegerField(default=0, help_text="Looks that failed in a row.")
    note = models.CharField(max_length=300, blank=True, default="")
    last_ok = models.DateTimeField(null=True, blank=True, help_text="When the last sweep was finished.")
    last_new = models.PositiveIntegerField(default=0, help_text="New events of the last finished sweep.")
    sweep_new = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="poll_next")]

    def __str__(self) -> str:
        return f"polling of {self.endpoint}"


class Backfill(models.Model):
    """A window of the past, fetched beside normal polling: it has a cursor of its own and never moves the mark."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    endpoint = models.ForeignKey("integrations.Endpoint", on_delete=models.CASCADE, related_name="backfills")
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    cursor = models.TextField(blank=True, default="")
    pages = models.PositiveIntegerField(default=0)
    fetched = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    lease = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True, default="")
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(state="running"), name="one_backfill_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="backfill_next")]

    def __str__(self) -> str:
        return f"backfill of {self.endpoint}, {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}"
