"""Endpoints (a trigger's public address), events (what arrived, once) and refusals (what was turned away, and why)."""

from django.db import models

__all__ = ["Endpoint", "Event", "Refusal"]


class Endpoint(models.Model):
    """Where events of a trigger come in: it belongs to (environment, flow, trigger node) and survives releases.

    `path` is the public address of a webhook; polls and schedules are called by nobody.
    """

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.PROTECT, related_name="endpoints"
    )
    flow_key = models.SlugField(max_length=80)
    node = models.CharField(max_length=64)
    kind = models.CharField(
        max_length=16, default="webhook", help_text="webhook, poll or schedule: what makes its events."
    )
    path = models.CharField(max_length=64, unique=True, help_text="Unguessable part of the URL.")
    connector = models.CharField(max_length=64, blank=True)
    trigger = models.CharField(
        max_length=120, blank=True, help_text="Connector trigger, e.g. streak.box_stage_changed."
    )
    sealed_secret = models.BinaryField(default=bytes, editable=False)
    config = models.JSONField(default=dict, blank=True)
    registration = models.JSONField(
        null=True, blank=True, help_text="What the far system returned when registering."
    )
    announce_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the far system is told where to call; empty = it knows.",
    )
    announce_note = models.CharField(max_length=300, blank=True, default="", editable=False)
    active = models.BooleanField(default=True)
    paused_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when an operator has it start nothing."
    )
    paused_by = models.CharField(max_length=150, blank=True, default="", editable=False)
    paused_why = models.CharField(max_length=300, blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "flow_key", "node"], name="endpoint_once")
        ]

    def __str__(self) -> str:
        return f"{self.flow_key}/{self.node} in {self.environment.key}"


class Event(models.Model):
    """Something that arrived, stored once under (endpoint, key). Manual events have no endpoint."""

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.PROTECT, related_name="events", db_index=False
    )
    endpoint = models.ForeignKey(
        Endpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    flow_key = models.SlugField(max_length=80, db_index=False)  # `event_by_flow` begins with it
    node = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, default="webhook")
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    data = models.BinaryField(help_text="Coded payload.")
    received_at = models.DateTimeField()
    duplicates = models.PositiveIntegerField(default=0)
    last_duplicate_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "key"], name="event_once")]
        indexes = [
            models.Index(fields=["flow_key", "environment", "-id"], name="event_by_flow"),
            models.Index(fields=["environment", "-id"], name="event_by_environment"),
        ]

    def __str__(self) -> str:
        return self.title or self.key


class Refusal(models.Model):
    """A call at the door that left no run, grouped by endpoint (or unknown path) and reason."""

    endpoint = models.ForeignKey(
        Endpoint, null=True, blank=True, on_delete=models.CASCADE, related_name="refusals"
    )
    path = models.CharField(max_length=64)
    code = models.CharField(max_length=40)
    status = models.PositiveSmallIntegerField()
    sentence = models.CharField(max_length=300)
    remote = models.CharField(max_length=64, blank=True)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["path", "code"], name="refusal_grouped")]

    def __str__(self) -> str:
        return f"{self.count} times: {self.sentence}"
