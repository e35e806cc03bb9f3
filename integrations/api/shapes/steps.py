"""One step in full: input, output, attempts, HTTP calls and effect. Payloads were redacted before they were stored."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.shapes.effects import EffectShape, effect_rows
from integrations.api.shapes.runs import StepProblem, milliseconds, step_problem
from integrations.payloads.codec import unpack_all
from integrations.runs.models import Exchange, StepEntry
from integrations.runs.repeated import spelled_out

__all__ = ["StepDetailShape", "step_detail"]

SHOWN_ATTEMPTS, SHOWN_CALLS = 200, 100
"""The latest attempts and calls of a step that are shown."""


class AttemptShape(serializers.ModelSerializer[StepEntry]):
    """One attempt, without its data."""

    ms = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()

    class Meta:
        model = StepEntry
        fields = ["attempt", "state", "started_at", "ended_at", "ms", "problem", "next_at"]

    def get_ms(self, step: StepEntry) -> int | None:
        return milliseconds(step.started_at, step.ended_at)

    @extend_schema_field(StepProblem(allow_null=True))
    def get_problem(self, step: StepEntry) -> dict[str, str] | None:
        return step_problem(step.problem)


class ExchangeShape(serializers.Serializer[Any]):
    """One HTTP call, redacted, never with its authentication."""

    attempt = serializers.IntegerField()
    method = serializers.CharField()
    url = serializers.CharField()
    status = serializers.IntegerField(allow_null=True)
    ms = serializers.FloatField()
    at = serializers.DateTimeField()
    request = serializers.JSONField(allow_null=True)
    response = serializers.JSONField(allow_null=True)
    error = serializers.CharField()


class StepDetailShape(serializers.Serializer[Any]):
    """A step with its data."""

    path = serializers.CharField()
    node = serializers.CharField()
    state = serializers.CharField()
    input = serializers.JSONField(allow_null=True)
    output = serializers.JSONField(allow_null=True)
    attempts = AttemptShape(many=True)
    exchanges = ExchangeShape(many=True)
    effect = EffectShape(allow_null=True)


def step_detail(run_id: int, path: str) -> dict[str, Any] | None:
    """What `StepDetailShape` shows of the step at `path`, or None when the run never got there."""
    rows = StepEntry.objects.filter(run_id=run_id, path=path).order_by("-attempt").defer("input", "output")
    attempts = list(rows[:SHOWN_ATTEMPTS])[::-1]
    if not attempts:
        return None
    last = attempts[-1]
    calls = Exchange.objects.filter(run_id=run_id, path=path).order_by("-attempt", "-number")
    exchanges = list(calls[:SHOWN_CALLS])[::-1]
    data = StepEntry.objects.values_list("input", "output").get(run_id=run_id, pk=last.pk)
    given, made, *bodies = unpack_all([*spelled_out(run_id, data), *(one.body for one in exchanges)])
    effect_id = next((one.effect_id for one in reversed(attempts) if one.effect_id), None)
    return {
        "path": path,
        "node": last.node,
        "state": last.state,
        "input": given,
        "output": made,
        "attempts": attempts,
        "exchanges": [_exchange(one, body) for one, body in zip(exchanges, bodies, strict=True)],
        "effect": effect_rows().filter(pk=effect_id).first() if effect_id else None,
    }


def _exchange(one: Exchange, body: Any) -> dict[str, Any]:
    sides = body if isinstance(body, dict) else {}
    return {
        "attempt": one.attempt,
        "method": one.method,
        "url": one.url,
        "status": one.status,
        "ms": one.ms,
        "at": one.at,
        "request": sides.get("request"),
        "response": sides.get("response"),
        "error": one.error,
    }
