"""How far removal has come, which runs it had to pass by, and what must not be removed at all."""

from django.db import models
from django.db.models import Q

__all__ = ["Hold", "Klass", "Remainder", "RetentionMark"]


class Klass(models.TextChoices):
    """What is kept for a time of its own. Each goes by the end of the run it belongs to."""

    EXCHANGES = "exchanges", "Calls and stored requests"
    STEPS = "steps", "Steps with their data"
    EVENTS = "events", "Event data"
    RUNS = "runs", "Runs"


class RetentionMark(models.Model):
    """Of one flow in one environment: every run up to `reached` has lost this class, or is a `Remainder`."""

    environment = models.ForeignKey("integrations.Environment", on_delete=models.CASCADE, related_name="+")
    flow_key = models.CharField(max_length=80)
    klass = models.CharField(max_length=10, choices=Klass.choices)
    reached = models.BigIntegerField(default=0, help_text="A run's number.")
    removed = models.BigIntegerField(default=0, help_text="Rows and payloads removed so far.")
    last_removed = models.PositiveIntegerField(default=0, help_text="By the latest batch.")
    last_at = models.DateTimeField(null=True, blank=True, help_text="When a batch last removed something.")

    class Meta:
        ordering = ["environment", "flow_key", "klass"]
        verbose_name = "retention"
        verbose_name_plural = "retention"
        constraints = [
            models.UniqueConstraint(fields=["environment", "flow_key", "klass"], name="retention_mark_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_klass_display()} of {self.flow_key}"


class Remainder(models.Model):
    """A run that was passed by because it had not ended, was held, or had an open question with a far system."""

    run_number = models.BigIntegerField()
    klass = models.CharField(max_length=10, choices=Klass.choices)
    look_at = models.DateTimeField(db_index=True, help_text="When it is looked at again.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run_number", "klass"], name="remainder_once")]

    def __str__(self) -> str:
        return f"{self.klass} of run {self.run_number}"


class Hold(models.Model):
    """Nothing of an environment, a flow in it or one run is removed while this stands (a legal hold)."""

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.PROTECT, related_name="holds"
    )
    flow_key = models.SlugField(
        max_length=80, blank=True, default="", db_index=False, help_text="Empty = every flow."
    )
    run_number = models.BigIntegerField(null=True, blank=True, help_text="Empty = every run.")
    reason = models.CharField(max_length=300)
    placed_by = models.CharField(max_length=150, editable=False)
    placed_at = models.DateTimeField(editable=False)
    released_by = models.CharField(max_length=150, blank=True, default="", editable=False)
    released_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["environment"], condition=Q(released_at=None), name="hold_standing")]

    def __str__(self) -> str:
        if self.run_number:
            return f"Hold on run {self.run_number}"
        return f"Hold on {self.flow_key or 'every flow'}"
