"""Failures: grouped problems that await a person; their occurrences are the parked runs."""

from django.conf import settings
from django.db import models
from django.db.models import Q

__all__ = ["Failure", "Occurrence"]


class Failure(models.Model):
    """One group: same environment, connector, operation, class, normalised message and field."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SNOOZED = "snoozed", "Snoozed"
        IGNORED = "ignored", "Ignored"
        RESOLVED = "resolved", "Resolved"

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.CASCADE, related_name="failures"
    )
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    sentence = models.CharField(max_length=500)
    pointer = models.CharField(max_length=200, blank=True, default="")
    verdict = models.CharField(max_length=8, help_text="config, data or system")
    connector = models.CharField(max_length=64, blank=True, default="")
    operation = models.CharField(max_length=120, blank=True, default="")
    flow_key = models.SlugField(max_length=80)
    node = models.CharField(max_length=64)
    info = models.JSONField(default=dict, help_text="Of the latest occurrence.")
    count = models.PositiveIntegerField(
        default=0, help_text="Occurrences ever; the open ones are the parked runs."
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    note = models.TextField(blank=True, default="")
    snoozed_until = models.DateTimeField(null=True, blank=True)
    noticed_at = models.DateTimeField(null=True, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        indexes = [
            models.Index(fields=["-last_at", "-id"], name="failure_latest"),
            models.Index(fields=["state", "-last_at"], name="failure_by_state"),
            models.Index(fields=["snoozed_until"], condition=Q(state="snoozed"), name="failure_snoozed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "fingerprint"],
                condition=Q(state__in=["open", "snoozed"]),
                name="failure_grouped",
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class Occurrence(models.Model):
    """One time it happened to one run; closed when the run goes on or ends."""

    failure = models.ForeignKey(Failure, on_delete=models.CASCADE, related_name="occurrences", db_index=False)
    run = models.ForeignKey(
        "integrations.Run", on_delete=models.CASCADE, related_name="occurrences", db_index=False
    )
    path = models.CharField(max_length=300)
    attempt = models.PositiveIntegerField()
    detail = models.TextField(blank=True, default="", help_text="For operators only, redacted.")
    info = models.JSONField(default=dict, help_text="Small facts: table and key missed, effect met.")
    payloads = models.BinaryField(null=True, help_text="Coded {confirmed, intended} of a conflict.")
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["run", "path", "attempt"], name="occurrence_once")]
        indexes = [
            models.Index(fields=["failure", "-id"], name="occurrence_by_failure"),
            models.Index(fields=["failure"], condition=Q(closed_at=None), name="occurrence_open"),
        ]

    def __str__(self) -> str:
        return f"{self.run} at {self.path}"
