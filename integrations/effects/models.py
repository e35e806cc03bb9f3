"""The effect ledger and the cross-references: identified by what is meant, never by where it is drawn (DESIGN §3.3)."""

from django.db import models
from django.db.models import Q

__all__ = ["CrossReference", "Effect", "EffectKey", "FieldPosition"]


class Effect(models.Model):
    """One intended change in a far system. `key` = far account + record kind + identity; generations re-make it on purpose."""

    class State(models.TextChoices):
        INTENDED = "intended", "Intended"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Unknown"

    account = models.CharField(max_length=200)
    record = models.CharField(max_length=64)
    identity = models.CharField(
        max_length=300, help_text="The strongest identity; all of them are EffectKeys."
    )
    generation = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=8, help_text="create, update, append or delete")
    state = models.CharField(max_length=10, choices=State.choices)
    strategy = models.CharField(max_length=8)
    operation = models.CharField(max_length=120)
    connection = models.ForeignKey(
        "integrations.Connection", null=True, on_delete=models.SET_NULL, related_name="effects"
    )
    run = models.ForeignKey("integrations.Run", null=True, on_delete=models.SET_NULL, related_name="effects")
    run_number = models.BigIntegerField(help_text="The run's id, kept when retention removes the run.")
    flow_key = models.SlugField(max_length=80)
    path = models.CharField(max_length=300)
    attempt = models.PositiveIntegerField(default=1)
    fence = models.PositiveIntegerField(default=0)
    request = models.BinaryField(null=True, help_text="The exact request, coded.")
    payload = models.BinaryField(null=True, help_text="What was meant, without our own markers, coded.")
    payload_hash = models.CharField(max_length=64)
    far_id = models.CharField(max_length=200, blank=True, default="")
    output = models.BinaryField(null=True)
    matched_by = models.CharField(max_length=40, blank=True, default="")
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    empty_lookups = models.PositiveSmallIntegerField(default=0)
    look_at = models.DateTimeField(null=True, help_text="When an unknown outcome is looked up next.")
    intended_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "record", "identity", "generation"], name="effect_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_at"], condition=Q(state__in=["intended", "unknown"]), name="effect_unsettled"
            ),
            models.Index(fields=["account", "record", "far_id"], name="effect_far_record"),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.identity}"


class EffectKey(models.Model):
    """One of the keys under which an effect is met; unique, so that meeting any of them is meeting it."""

    account = models.CharField(max_length=200)
    record = models.CharField(max_length=64)
    key = models.CharField(max_length=300)
    effect = models.ForeignKey(Effect, on_delete=models.CASCADE, related_name="keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "record", "key"], name="effect_key_once")]

    def __str__(self) -> str:
        return self.key


class FieldPosition(models.Model):
    """For updates: which source record, at which position, last wrote a field of a far record."""

    account = models.CharField(max_length=200)
    record = models.CharField(max_length=64)
    far_id = models.CharField(max_length=200)
    field = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    position = models.CharField(max_length=64, help_text="Comparable text: zero-padded number.")
    payload_hash = models.CharField(max_length=64)
    effect = models.ForeignKey(Effect, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "record", "far_id", "field"], name="field_position_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.far_id}.{self.field}"


class CrossReference(models.Model):
    """Which record here is which record there (Streak box ↔ Sage invoice)."""

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.PROTECT, related_name="cross_references"
    )
    source_record = models.CharField(max_length=64)
    source_id = models.CharField(max_length=300)
    account = models.CharField(max_length=200)
    record = models.CharField(max_length=64)
    far_id = models.CharField(max_length=200)
    effect = models.ForeignKey(Effect, null=True, on_delete=models.SET_NULL, related_name="cross_references")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "record", "far_id", "source_record", "source_id"],
                name="cross_reference_once",
            )
        ]
        indexes = [models.Index(fields=["source_id"], name="cross_reference_source")]

    def __str__(self) -> str:
        return f"{self.source_record} {self.source_id} ↔ {self.record} {self.far_id}"
