"""The effect ledger and the cross-references: identified by what is meant, never by where it is drawn (DESIGN §3.3).

These tables grow for ever: every index answers a question that is asked, and none repeats the long keys without need.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.effects.identity import mark_of

__all__ = ["CrossReference", "Effect", "EffectKey", "FieldPosition", "Undoing"]


class Effect(models.Model):
    """One intended change in a far system. `key` = far account + record kind + identity; generations re-make it on purpose."""

    class State(models.TextChoices):
        INTENDED = "intended", "Intended"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Unknown"

    mark = models.CharField(
        max_length=16,
        help_text="Derived from account, record, identity and generation; stands in the far record where it can.",
    )
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
    environment = models.ForeignKey(
        "integrations.Environment",
        null=True,
        on_delete=models.PROTECT,
        related_name="effects",
        db_index=False,
    )
    connection = models.ForeignKey(
        "integrations.Connection", null=True, on_delete=models.SET_NULL, related_name="effects"
    )
    run = models.ForeignKey(
        "integrations.Run",
        null=True,
        on_delete=models.SET_NULL,
        related_name="effects",
        db_index=False,  # found by its number, which stays
        db_constraint=False,
    )
    run_number = models.BigIntegerField(help_text="The run's id, kept when retention removes the run.")
    flow_key = models.SlugField(max_length=80, db_index=False)
    path = models.CharField(max_length=300)
    attempt = models.PositiveIntegerField(default=1)
    fence = models.PositiveIntegerField(default=0)
    request = models.BinaryField(
        null=True,
        help_text="The exact request, coded; what was meant is read out of it. Empty once retention removed it.",
    )
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
    sent_again_at = models.DateTimeField(
        null=True, help_text="When it was last sent after the first time; settle times count from here."
    )
    settled_at = models.DateTimeField(null=True)

    about: tuple[str, str, str] | None = None
    """Which source record it is about, while the request it stands in is still at hand (see `content.py`)."""

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["mark"], name="effect_mark_once")]
        """Not `unique=True`: PostgreSQL would get a second index, for beginnings of marks, which nobody looks for."""
        indexes = [
            models.Index(
                fields=["look_at"], condition=Q(state__in=["intended", "unknown"]), name="effect_unsettled"
            ),
            models.Index(fields=["state", "-id"], condition=~Q(state="confirmed"), name="effect_by_state"),
            models.Index(fields=["far_id"], name="effect_far_record"),
            models.Index(fields=["run_number"], name="effect_by_run"),
            models.Index(fields=["environment", "-id"], name="effect_by_environment"),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.identity}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.mark:
            self.mark = mark_of(self.account, self.record, self.identity, self.generation).token
        owner = self.run or self.connection
        if self.environment_id is None and owner is not None:
            self.environment_id = owner.environment_id
        super().save(*args, **kwargs)


class EffectKey(models.Model):
    """One of the keys under which an effect is met; unique, so that meeting any of them is meeting it.

    An update holds its target's key ("@box-1") only until it is settled: writers of one far record take turns.
    """

    account = models.CharField(max_length=200)
    record = models.CharField(max_length=64)
    key = models.CharField(max_length=300)
    effect = models.ForeignKey(Effect, on_delete=models.CASCADE, related_name="keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "record", "account"], name="effect_key_once")]

    def __str__(self) -> str:
        return self.key


class FieldPosition(models.Model):
    """For updates: at which position a source record last wrote a field of a far record."""

    account = models.CharField(max_length=200)
    record = models.CharField(max_length=64)
    far_id = models.CharField(max_length=200)
    field = models.CharField(max_length=120)
    source = models.CharField(max_length=200)
    position = models.CharField(max_length=64, help_text="Comparable text: zero-padded number.")
    payload_hash = models.CharField(max_length=64)
    effect = models.ForeignKey(
        Effect, null=True, db_index=False, db_constraint=False, on_delete=models.SET_NULL
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["far_id", "field", "source", "record", "account"], name="field_position_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.far_id}.{self.field}"


class CrossReference(models.Model):
    """Which record here is which record there (Streak box ↔ Sage invoice)."""

    environment = models.ForeignKey(
        "integrations.Environment",
        db_index=False,
        on_delete=models.PROTECT,
        related_name="cross_references",
    )
    source_record = models.CharField(max_length=64)
    source_id = models.CharField(max_length=300)
    account = models.CharField(max_length=200)
    record = models.CharField(max_length=64)
    far_id = models.CharField(max_length=200)
    effect = models.ForeignKey(
        Effect,
        null=True,
        db_index=False,
        db_constraint=False,
        on_delete=models.SET_NULL,
        related_name="cross_references",
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_id", "far_id", "record", "source_record", "account"],
                name="cross_reference_once",
            )
        ]
        indexes = [
            models.Index(fields=["far_id"], name="cross_reference_far"),
            models.Index(fields=["environment", "-id"], name="cross_reference_here"),
        ]

    def __str__(self) -> str:
        return f"{self.source_record} {self.source_id} ↔ {self.record} {self.far_id}"


class Undoing(models.Model):
    """That what an effect made is undone the way its operation declares: asked once, carried out once.

    `reissue`: a flow's policy or a person wants it credited and made anew; the run that met the effect does both.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        HELD = "held", "Held for a person"
        DONE = "done", "Done"

    effect = models.OneToOneField(Effect, on_delete=models.CASCADE, related_name="undoing")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)
    reissue = models.BooleanField(default=False)
    seen = models.CharField(
        max_length=64, blank=True, default="", help_text="Digest of the preview that was confirmed."
    )
    operation = models.CharField(
        max_length=120, blank=True, default="", help_text="Chosen when it is first carried out."
    )
    data = models.BinaryField(null=True, help_text="That operation's input, coded.")
    done_by = models.ForeignKey(Effect, null=True, on_delete=models.SET_NULL, related_name="undoes")
    note = models.CharField(max_length=500, blank=True, default="")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="When it is carried out next; empty = not by itself.")
    fence = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="undoing_due")]

    def __str__(self) -> str:
        return f"undoing of {self.effect}"
