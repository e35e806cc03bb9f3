"""Undoings on the wire: who asked for it and why, how far it is, and what did it."""

from rest_framework import serializers

from integrations.effects.models import Undoing
from integrations.effects.step import name_of

__all__ = ["UndoingShape"]


class UndoingShape(serializers.ModelSerializer[Undoing]):
    """asked = a drain does it (or the run that makes it anew); held = `note` says what a person must do first; done."""

    effect = serializers.IntegerField(source="effect_id")
    done_by = serializers.IntegerField(source="done_by_id", allow_null=True)
    number = serializers.SerializerMethodField(
        help_text="What people call the record that undid it, e.g. SCN-3."
    )

    class Meta:
        model = Undoing
        fields = [
            "effect", "state", "by", "reason", "reissue", "operation", "note", "done_by", "number", "asked_at", "settled_at",
        ]  # fmt: skip

    def get_number(self, asked: Undoing) -> str:
        return name_of(asked.done_by) if asked.done_by else ""
