"""What is known of a far system's limits, shared by every process: granted calls, learned pace, blocks, and breakers."""

from django.db import models

__all__ = ["Breaker", "RateBucket", "Reservation"]


class RateBucket(models.Model):
    """The calls granted to one connection, or to one far account, and how fast it turned out to be.

    Every change raises `version` and is conditional on it: two processes never grant the same call.
    """

    key = models.CharField(max_length=320, unique=True, help_text="connection:3 or account:sage50:<far id>")
    version = models.PositiveBigIntegerField(default=0)
    granted = models.JSONField(default=dict, help_text="When calls were granted, by allowance.")
    pace = models.FloatField(default=0.0, help_text="Learned: seconds between two calls; 0 = none.")
    paced_at = models.DateTimeField(null=True, blank=True)
    blocked_until = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class Breaker(models.Model):
    """Whether a connection's far system answers. Written only when it fails, and when it is back."""

    connection = models.OneToOneField(
        "integrations.Connection", on_delete=models.CASCADE, primary_key=True, related_name="breaker"
    )
    failures = models.PositiveIntegerField(default=0, help_text="In a row, over all processes.")
    open_since = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True, help_text="When the next call may try.")
    probes = models.PositiveIntegerField(
        default=0, help_text="Tries since it opened; each doubles the pause."
    )
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["connection"]

    def __str__(self) -> str:
        return f"Breaker of connection {self.connection_id}"


class Reservation(models.Model):
    """Calls that were granted to a waiting step for a later instant: it uses them when it comes back."""

    run = models.ForeignKey(
        "integrations.Run", on_delete=models.CASCADE, related_name="reservations", db_index=False
    )
    path = models.CharField(max_length=300)
    at = models.DateTimeField()
    calls = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "path"], name="reservation_once")]

    def __str__(self) -> str:
        return f"{self.calls} calls of run {self.run_id} at {self.at:%H:%M:%S}"
