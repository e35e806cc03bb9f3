"""Effects and cross-references on the wire: what was meant, what was sent, what stands."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.shapes.money import MoneyShape, money
from integrations.api.shapes.undoing import UndoingShape
from integrations.effects.content import meant
from integrations.effects.models import CrossReference, Effect
from integrations.effects.previews import title_of
from integrations.failures.models import Failure, Occurrence
from integrations.payloads.codec import digest, unpack

__all__ = ["CrossReferenceShape", "EffectDetailShape", "EffectShape", "effect_rows"]


class EffectShape(serializers.ModelSerializer[Effect]):
    """One intended change in a far system, without its payload. Needs `effect_rows()`."""

    identity = serializers.SerializerMethodField(help_text="What it means: the strongest of its keys.")
    amount = serializers.SerializerMethodField()
    run = serializers.IntegerField(source="run_number")
    flow = serializers.CharField(source="flow_key")
    keys = serializers.SerializerMethodField(help_text="All keys under which it is met.")

    class Meta:
        model = Effect
        fields = [
            "id", "account", "record", "identity", "generation", "kind", "state", "strategy", "operation", "far_id",
            "amount", "run", "path", "flow", "matched_by", "note", "intended_at", "settled_at", "payload_hash", "keys",
        ]  # fmt: skip

    def get_identity(self, effect: Effect) -> list[str]:
        return [effect.identity]

    @extend_schema_field(MoneyShape(allow_null=True))
    def get_amount(self, effect: Effect) -> dict[str, str] | None:
        return money(effect.amount, effect.currency)

    def get_keys(self, effect: Effect) -> list[str]:
        return [key.key for key in effect.keys.all()]


class Conflict(serializers.Serializer[Any]):
    """The payload that met a confirmed effect and differed from it."""

    payload = serializers.JSONField()
    payload_hash = serializers.CharField()


class EffectDetailShape(EffectShape):
    """An effect with what was meant and what came of it. Stored requests stay inside: they are for recovery."""

    payload = serializers.SerializerMethodField(help_text="What was meant, without our own markers.")
    result = serializers.SerializerMethodField(help_text="What the far system made of it.")
    conflict = serializers.SerializerMethodField()
    undo = serializers.SerializerMethodField(
        help_text="What undoing it is called, as its operation declares it; null when it can't be undone from here."
    )
    undoing = serializers.SerializerMethodField()

    class Meta(EffectShape.Meta):
        fields = [*EffectShape.Meta.fields, "payload", "result", "conflict", "undo", "undoing"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_undo(self, effect: Effect) -> str | None:
        return title_of(effect)

    @extend_schema_field(UndoingShape(allow_null=True))
    def get_undoing(self, effect: Effect) -> Any:
        return undoing_of(effect)

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_payload(self, effect: Effect) -> Any:
        return meant(effect)

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_result(self, effect: Effect) -> Any:
        return unpack(effect.output)

    @extend_schema_field(Conflict(allow_null=True))
    def get_conflict(self, effect: Effect) -> dict[str, Any] | None:
        return conflict_of(effect)


class CrossReferenceShape(serializers.ModelSerializer[CrossReference]):
    """Which record here is which record there."""

    environment = serializers.CharField(source="environment.key")
    effect = serializers.IntegerField(source="effect_id", allow_null=True)
    undoing = serializers.SerializerMethodField(help_text="That the far record was undone, and by what.")

    class Meta:
        model = CrossReference
        fields = [
            "id", "environment", "source_record", "source_id", "account", "record", "far_id", "effect", "created_at", "undoing",
        ]  # fmt: skip

    @extend_schema_field(UndoingShape(allow_null=True))
    def get_undoing(self, row: CrossReference) -> Any:
        return undoing_of(row.effect)


def conflict_of(effect: Effect) -> dict[str, Any] | None:
    """The payload that met this confirmed effect and differed from it, as long as that waits for a person."""
    waiting = Occurrence.objects.filter(
        failure__code="payload_changed",
        failure__state__in=[Failure.State.OPEN, Failure.State.SNOOZED],
        info__effect=effect.pk,
        payloads__isnull=False,
        closed_at=None,
    )
    met = waiting.order_by("-id").first()
    if met is None:
        return None
    payload = (unpack(met.payloads) or {}).get("intended")
    return {"payload": payload, "payload_hash": digest(payload)}


def undoing_of(effect: Effect | None) -> Any:
    """What was asked about undoing this effect, on the wire; None when nothing was."""
    asked = getattr(effect, "undoing", None)
    return UndoingShape(asked).data if asked else None


def effect_rows() -> Any:
    """Effects with their keys, without request and result."""
    return Effect.objects.prefetch_related("keys").defer("request", "output")
