"""Runs, their steps and the HTTP calls they made."""

from django.db import models
from django.db.models import Q

__all__ = ["Exchange", "Run", "StepEntry"]


class Run(models.Model):
    """One event carried through one release. Terminal states are write-once; every write checks `fence`."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        PARKED = "parked", "Parked"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    TERMINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    environment = models.ForeignKey("integrations.Environment", on_delete=models.PROTECT, related_name="runs")
    release = models.ForeignKey("integrations.Release", on_delete=models.PROTECT, related_name="runs")
    flow_key = models.SlugField(max_length=80)
    event = models.ForeignKey("integrations.Event", on_delete=models.PROTECT, related_name="runs")
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=12, blank=True, default="")
    result = models.CharField(max_length=12, blank=True, default="")
    due_at = models.DateTimeField(null=True, blank=True)
    waits_for = models.CharField(
        max_length=64, blank=True, default="", help_text="What a parked run waits for, e.g. effect:17."
    )
    fence = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=64, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    deaths = models.PositiveSmallIntegerField(
        default=0, help_text="Worker deaths while this run advanced alone."
    )
    suspect = models.BooleanField(default=False)
    seq = models.PositiveIntegerField(
        default=0, help_text="Rises with every journal write; what live views resume from."
    )
    failure = models.ForeignKey(
        "integrations.Failure", null=True, blank=True, on_delete=models.SET_NULL, related_name="parked_runs"
    )
    retry_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="retries"
    )
    input_edit = models.BinaryField(
        null=True, blank=True, help_text="Edited event data of a retry with edited input."
    )
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["queued", "parked"]), name="run_due"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="run_leased"),
            models.Index(
                fields=["waits_for"], condition=Q(state="parked") & ~Q(waits_for=""), name="run_waiting"
            ),
            models.Index(fields=["flow_key", "-id"], name="run_by_flow"),
            models.Index(fields=["state", "-id"], name="run_by_state"),
            models.Index(fields=["environment", "-id"], name="run_by_environment"),
        ]

    def __str__(self) -> str:
        return self.title or f"Run {self.pk}"


class StepEntry(models.Model):
    """One attempt of one step: the journal's row. `path` is node ids and loop keys."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    path = models.CharField(max_length=300)
    node = models.CharField(max_length=64)
    attempt = models.PositiveIntegerField()
    spent = models.PositiveIntegerField(
        default=0, help_text="Attempts that count for back-off, up to this one."
    )
    state = models.CharField(max_length=8)
    port = models.CharField(max_length=40, blank=True, default="")
    input = models.BinaryField(null=True)
    output = models.BinaryField(null=True)
    problem = models.JSONField(
        null=True, help_text="{kind, code, sentence, pointer, info} of a failed attempt."
    )
    effect = models.ForeignKey(
        "integrations.Effect", null=True, on_delete=models.SET_NULL, related_name="step_entries"
    )
    next_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    seq = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "path", "attempt"], name="step_attempt_once")]

    def __str__(self) -> str:
        return f"{self.path} #{self.attempt}"


class Exchange(models.Model):
    """One HTTP call of a step, redacted."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="exchanges")
    path = models.CharField(max_length=300)
    attempt = models.PositiveIntegerField()
    number = models.PositiveIntegerField(help_text="Place within the attempt, from 1.")
    method = models.CharField(max_length=8)
    url = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField(null=True)
    ms = models.FloatField()
    error = models.CharField(max_length=300, blank=True, default="")
    body = models.BinaryField(help_text="Coded {request, response}.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "path", "attempt", "number"], name="exchange_recorded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"
