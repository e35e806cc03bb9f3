"""The questions runs wait for."""

from django.db import models
from django.db.models import Q

from integrations.access.models import Role

__all__ = ["Approval"]


class Approval(models.Model):
    """One question of one step of a run. Whatever ends it is written once: only a waiting one can change."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"

    run = models.ForeignKey(
        "integrations.Run", on_delete=models.CASCADE, related_name="approvals", db_index=False
    )
    path = models.CharField(max_length=300)
    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.PROTECT, related_name="approvals", db_index=False
    )
    flow_key = models.SlugField(max_length=80, db_index=False)
    title = models.CharField(max_length=200)
    message = models.BinaryField(help_text="Coded text.")
    form = models.JSONField(help_text="JSON Schema of the answer.")
    role = models.CharField(max_length=16, choices=Role.choices, help_text="Who decides.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.BinaryField(null=True, help_text="Coded answer to the form.")
    note = models.CharField(max_length=2000, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["run", "path"], name="asked_once")]
        indexes = [
            models.Index(
                fields=["environment", "-id"], condition=Q(state="waiting"), name="approval_waiting"
            ),
            models.Index(fields=["environment", "-id"], name="approval_by_environment"),
            models.Index(fields=["flow_key", "environment", "-id"], name="approval_by_flow"),
        ]

    def __str__(self) -> str:
        return self.title
