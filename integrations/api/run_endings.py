"""Going on without a step, and giving a run up: what an operator decides with a reason, each once and audited."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.api.failures import ReasonInput
from integrations.api.idempotency import once
from integrations.api.problems import ApiProblem
from integrations.api.run_actions import IDEMPOTENCY
from integrations.api.runs import RunRow
from integrations.api.shapes.runs import RunShape, run_rows
from integrations.failures import skipping
from integrations.failures.actions import NotParked
from integrations.failures.decisions import ReasonNeeded
from integrations.failures.giving_up import give_up_on

__all__ = ["RunGiveUp", "RunSkip"]


class SkippableShape(serializers.Serializer[Any]):
    """The step a run waits at, and by which ports it may be left, the usual one first."""

    path = serializers.CharField()
    node = serializers.CharField()
    name = serializers.CharField()
    ports = serializers.ListField(child=serializers.CharField())
    sentence = serializers.CharField(help_text="What it failed with.")


class SkipInput(ReasonInput):
    """What the step comes to instead (null = nothing), by which port it is left ("" = the usual one), and why."""

    output = serializers.JSONField(required=False, allow_null=True, default=None)
    port = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)


class RunGiveUp(RunRow):
    """End a waiting run as failed, with a reason. What it wrote stays written, and the next in its lane goes on."""

    actions = {"POST": "run.give_up"}

    @extend_schema(request=ReasonInput, responses=RunShape, parameters=[IDEMPOTENCY])
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = ReasonInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        reason = wanted.validated_data["reason"]
        try:
            give_up_on(pk, by=actor_of(request).name, reason=reason)
        except NotParked as refusal:
            raise ApiProblem(409, "not_parked", str(refusal)) from refusal
        record(request, "run.give_up", f"run {pk}", environment=self.row.environment, note=reason)
        return Response(RunShape(run_rows().get(pk=pk)).data)


class RunSkip(RunRow):
    """Whether the step a run waits at may be skipped; and going on without it, with what it comes to instead and a reason."""

    actions = {"GET": "run.view", "POST": "run.skip"}

    @extend_schema(responses=SkippableShape)
    def get(self, _request: Request, pk: int) -> Response:
        try:
            return Response(SkippableShape(skipping.skippable(self.row)).data)
        except NotParked as refusal:
            raise ApiProblem(409, "not_parked", str(refusal)) from refusal
        except skipping.CantSkip as refusal:
            raise ApiProblem(409, "not_skippable", str(refusal)) from refusal

    @extend_schema(request=SkipInput, responses=RunShape, parameters=[IDEMPOTENCY])
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = SkipInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        _skip(pk, actor_of(request).name, wanted.validated_data)
        note = wanted.validated_data["reason"]
        record(request, "run.skip", f"run {pk}", environment=self.row.environment, note=note)
        return Response(RunShape(run_rows().get(pk=pk)).data)


def _skip(run_id: int, by: str, wanted: dict[str, Any]) -> None:
    try:
        skipping.skip(run_id, by=by, **wanted)
    except NotParked as refusal:
        raise ApiProblem(409, "not_parked", str(refusal)) from refusal
    except skipping.CantSkip as refusal:
        raise ApiProblem(409, "not_skippable", str(refusal)) from refusal
    except ReasonNeeded as missing:
        errors = [{"pointer": "/reason", "code": "required", "message": str(missing)}]
        raise ApiProblem(400, "invalid", str(missing), errors=errors) from missing
    except skipping.OutputRefused as refusal:
        errors = [{"pointer": refusal.pointer, "code": "output_refused", "message": str(refusal)}]
        raise ApiProblem(400, "invalid", str(refusal), errors=errors) from refusal
