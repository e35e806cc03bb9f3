"""The keys that deduplicating steps have seen."""

from django.db import models

__all__ = ["SeenKey"]


class SeenKey(models.Model):
    """One key in a flow's memory, owned by the event whose step met it first. Only the key's hash is kept."""

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    flow_key = models.SlugField(max_length=80, db_index=False)
    memory = models.CharField(
        max_length=64, help_text="Where the step is drawn, or the name several steps share."
    )
    digest = models.CharField(max_length=64)
    event_number = models.BigIntegerField(
        help_text="The event that owns the key: its retries own it as well."
    )
    run_number = models.BigIntegerField(help_text="The run that met it, for people.")
    path = models.CharField(max_length=300)
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "flow_key", "memory", "digest"], name="key_seen_once"
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="seen_key_expires")]

    def __str__(self) -> str:
        return f"{self.flow_key}/{self.memory}"
