"""Runs, the lanes they queue in, their steps and the HTTP calls they made.

These are the tables that grow by the run, so each index is there for a query somebody asks, and most are partial.
"""

from django.db import models
from django.db.models import Q

__all__ = ["Exchange", "Lane", "Run", "StepEntry"]


class Lane(models.Model):
    """The runs of one record of one flow: they go one at a time, in the order of the counter taken at intake.

    `holder` is the run whose turn it is (a plain number: runs come and go); it alone has a due time, those behind it none.
    """

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.CASCADE, related_name="lanes", db_index=False
    )
    flow_key = models.SlugField(max_length=80, db_index=False)
    key = models.CharField(max_length=200)
    counter = models.PositiveIntegerField(default=0)
    holder = models.BigIntegerField(null=True)
    quiet_since = models.DateTimeField(
        null=True, help_text="When the series of changes began that a debounce waits out."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "flow_key", "key"], name="lane_once"),
        ]

    def __str__(self) -> str:
        return f"{self.flow_key}: {self.key}"


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
    UNFINISHED = (State.QUEUED, State.RUNNING, State.PARKED)
    """In this order a partial index names them: asked for in another one, they aren't found by it."""

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.PROTECT, related_name="runs", db_index=False
    )
    release = models.ForeignKey(
        "integrations.Release", on_delete=models.PROTECT, related_name="runs", db_index=False
    )
    flow_key = models.SlugField(max_length=80, db_index=False)
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
    suspect = models.BooleanField(
        default=False, help_text="Its worker died while it was being worked on: it advances alone."
    )
    lane = models.ForeignKey(
        Lane, null=True, blank=True, on_delete=models.PROTECT, related_name="runs", db_index=False
    )
    place = models.PositiveIntegerField(null=True, blank=True, help_text="Its number in the lane.")
    seq = models.PositiveIntegerField(
        default=0, help_text="Rises with every journal write; what live views resume from."
    )
    failure = models.ForeignKey(
        "integrations.Failure",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="parked_runs",
        db_index=False,
    )
    retry_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="retries", db_index=False
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
            models.Index(fields=["environment", "due_at"], condition=Q(due_at__isnull=False), name="run_due"),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="run_leased"),
            models.Index(fields=["due_at"], condition=Q(suspect=True), name="run_suspect"),
            models.Index(fields=["waits_for"], condition=~Q(waits_for=""), name="run_waiting"),
            models.Index(fields=["lane", "place"], condition=Q(lane__isnull=False), name="run_in_lane"),
            models.Index(fields=["failure"], condition=Q(failure__isnull=False), name="run_by_failure"),
            models.Index(fields=["retry_of"], condition=Q(retry_of__isnull=False), name="run_by_retry_of"),
            models.Index(
                fields=["release"],
                condition=Q(state__in=["queued", "running", "parked"]),
                name="run_unfinished_by_release",
            ),
            models.Index(fields=["flow_key", "environment", "-id"], name="run_by_flow"),
            models.Index(fields=["state", "environment", "-id"], name="run_by_state"),
            models.Index(fields=["environment", "-id"], name="run_by_environment"),
        ]

    def __str__(self) -> str:
        return self.title or f"Run {self.pk}"


class StepEntry(models.Model):
    """One attempt of one step: the journal's row. `path` is node ids and loop keys."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_index=False)
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
        "integrations.Effect",
        null=True,
        on_delete=models.SET_NULL,
        related_name="step_entries",
        db_index=False,
        db_constraint=False,  # else taking an effect back would look through every step
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

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="exchanges", db_index=False)
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
