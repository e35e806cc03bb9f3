"""Undoing what an effect made: what it would do, and asking for it. A drain carries it out; nothing is written here."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.sdk.errors import Failure
from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.api.effects import EffectRow
from integrations.api.idempotency import once
from integrations.api.problems import ApiProblem
from integrations.api.run_actions import IDEMPOTENCY
from integrations.api.shapes.money import MoneyShape
from integrations.api.shapes.undoing import UndoingShape
from integrations.effects import previews, undoing
from integrations.effects.undoing import digest_of

__all__ = ["EffectCompensation"]


class PreviewLine(serializers.Serializer[Any]):
    """One line of the document that would be written; amounts are decimal texts."""

    text = serializers.CharField()
    quantity = serializers.CharField(allow_blank=True)
    net = serializers.CharField(allow_blank=True)
    tax = serializers.CharField(allow_blank=True)


class UndoPreviewShape(serializers.Serializer[Any]):
    """What would be written, in words and numbers. `seen` is sent back, so that what was confirmed is what is done."""

    title = serializers.CharField()
    sentence = serializers.CharField()
    operation = serializers.CharField()
    reference = serializers.CharField(allow_blank=True)
    lines = PreviewLine(many=True)
    net = MoneyShape(allow_null=True)
    tax = MoneyShape(allow_null=True)
    total = MoneyShape(allow_null=True)
    seen = serializers.CharField()


class CompensationShape(serializers.Serializer[Any]):
    """The preview as things stand now (null once it was asked for, or with the `problem` that says why there is none), and
    what was asked so far."""

    title = serializers.CharField(
        allow_null=True,
        help_text="What undoing is called for this operation; null = it can't be undone from here.",
    )
    preview = UndoPreviewShape(allow_null=True)
    problem = serializers.CharField(allow_null=True)
    asked = UndoingShape(allow_null=True)


class CompensationInput(serializers.Serializer[Any]):
    """Why it is undone. `seen` of the preview that was confirmed: if that has changed, nothing is written."""

    reason = serializers.CharField(max_length=500)
    seen = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")


class EffectCompensation(EffectRow):
    """What undoing this effect would write, read from the far system; and asking for it, once."""

    actions = {"GET": "effect.view", "POST": "effect.undo"}

    @extend_schema(responses=CompensationShape)
    def get(self, _request: Request, pk: int) -> Response:
        return Response(self._shown())

    @extend_schema(request=CompensationInput, responses={202: UndoingShape}, parameters=[IDEMPOTENCY])
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = CompensationInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        if not undoing.is_offered(self.row):
            raise ApiProblem(409, "not_undoable", "What this effect made can't be undone from here.")
        reason, seen = wanted.validated_data["reason"].strip(), wanted.validated_data["seen"]
        asked = previews.ask(self.row, by=actor_of(request).name, reason=reason, seen=seen)
        environment = self.environment_of_row(self.row)
        record(request, "effect.undo", f"effect {pk}", environment=environment, note=reason)
        return Response(UndoingShape(asked).data, status=202)

    def _shown(self) -> dict[str, Any]:
        title, asked = previews.title_of(self.row), undoing.of(self.row)
        told: dict[str, Any] = {
            "title": title,
            "preview": None,
            "problem": None if title else "What this effect made can't be undone from here.",
            "asked": UndoingShape(asked).data if asked else None,
        }
        if title is None or (asked is not None and asked.state != asked.State.HELD):
            return told
        try:
            return {**told, "preview": self._preview()}
        except Failure as failure:
            return {**told, "problem": failure.sentence}

    def _preview(self) -> dict[str, Any]:
        remedy = previews.preview(self.row)
        amounts = {name: _money(getattr(remedy, name), remedy.currency) for name in ("net", "tax", "total")}
        return {
            "title": remedy.title,
            "sentence": remedy.sentence,
            "operation": remedy.operation,
            "reference": remedy.reference,
            "lines": [asdict(line) for line in remedy.lines],
            **amounts,
            "seen": digest_of(remedy),
        }


def _money(amount: str, currency: str) -> dict[str, str] | None:
    return {"amount": amount, "currency": currency} if amount else None
