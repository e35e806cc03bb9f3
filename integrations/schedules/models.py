"""A schedule of one endpoint, and its due instants: the next one waits as a row, the past ones say what became of them."""

from django.db import models
from django.db.models import Q

__all__ = ["Schedule", "ScheduleDue"]


class Schedule(models.Model):
    """When an endpoint is due. It survives releases; a changed one keeps its past and goes on from the change.

    `config` is the trigger node's `{"cron": …}` or `{"every": …}`; `misfire` its `{"policy", "most", "grace"}`.
    """

    endpoint = models.OneToOneField(
        "integrations.Endpoint", on_delete=models.CASCADE, related_name="schedule"
    )
    config = models.JSONField(default=dict)
    misfire = models.JSONField(default=dict)
    zone = models.CharField(max_length=60)
    description = models.CharField(max_length=300)
    anchor = models.DateTimeField(help_text="Where an interval begins.")
    set_at = models.DateTimeField(help_text="When it last changed or went on; nothing is due before.")
    last_due = models.DateTimeField(null=True, blank=True, help_text="The latest instant that is settled.")
    last_fired_at = models.DateTimeField(null=True, blank=True)
    missed = models.PositiveIntegerField(default=0, help_text="Instants that passed without starting a run.")

    def __str__(self) -> str:
        return self.description


class ScheduleDue(models.Model):
    """One due instant. A skipped row may stand for several: those from `first` to `due`, `count` in all."""

    class State(models.TextChoices):
        PENDING = "pending", "Next"
        FIRED = "fired", "Started a run"
        SKIPPED = "skipped", "Skipped"

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="dues")
    due = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    first = models.DateTimeField(null=True, blank=True)
    count = models.PositiveIntegerField(default=1)
    settled_at = models.DateTimeField(null=True, blank=True)
    event = models.ForeignKey("integrations.Event", null=True, blank=True, on_delete=models.SET_NULL)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-due"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "due"], name="schedule_due_once"),
            models.UniqueConstraint(
                fields=["schedule"], condition=Q(state="pending"), name="schedule_has_one_next"
            ),
        ]
        indexes = [models.Index(fields=["due"], condition=Q(state="pending"), name="schedule_due_next")]

    def __str__(self) -> str:
        return f"{self.due.isoformat()} ({self.state})"
