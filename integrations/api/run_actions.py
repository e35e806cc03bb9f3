"""What may be done to one run: see the plan of a retry, retry, cancel."""

from typing import Any

from django.db.models import prefetch_related_objects
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.api.idempotency import once
from integrations.api.problems import ApiProblem
from integrations.api.runs import RunRow
from integrations.api.shapes.effects import EffectShape
from integrations.api.shapes.runs import RunShape, run_rows
from integrations.failures import actions, decisions
from integrations.runs.models import Run

__all__ = ["RunCancel", "RunDecide", "RunRetry", "RunRetryPlan"]

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Done once per key and caller."
)


class RetryInput(serializers.Serializer[Any]):
    """How to retry. Edited input, another release or "start" make a new run that takes this one's place."""

    mode = serializers.ChoiceField(choices=["step", "start"], default="step")
    release = serializers.ChoiceField(choices=["same", "current"], default="same")
    input = serializers.JSONField(required=False, allow_null=True, default=None)


class RetryPlanShape(serializers.Serializer[Any]):
    """What a retry at the step would do, before anything moves."""

    reused = serializers.ListField(child=serializers.CharField(), help_text="Steps whose result is kept.")
    again = serializers.ListField(child=serializers.CharField(), help_text="Steps that run again.")
    confirmed = EffectShape(many=True, help_text="Done already: skipped.")
    unknown = EffectShape(many=True, help_text="Looked up first.")


class RunRetry(RunRow):
    """Retry a parked run; answers with the run that goes on."""

    actions = {"POST": "run.retry"}

    @extend_schema(request=RetryInput, responses=RunShape, parameters=[IDEMPOTENCY])
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = RetryInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            run = actions.retry(pk, **wanted.validated_data, by=actor_of(request).name)
        except actions.NotParked as refusal:
            raise ApiProblem(409, "not_parked", str(refusal)) from refusal
        how = "{mode}, release {release}".format(**wanted.validated_data)
        record(request, "run.retry", f"run {pk}", environment=self.row.environment, note=how)
        return Response(_shape(run))


class RunRetryPlan(RunRow):
    """What a retry would reuse, run again, skip and look up."""

    @extend_schema(responses=RetryPlanShape)
    def get(self, _request: Request, pk: int) -> Response:
        plan = actions.retry_plan(self.row)
        prefetch_related_objects([*plan["confirmed"], *plan["unknown"]], "keys")
        return Response(RetryPlanShape(plan).data)


class RunCancel(RunRow):
    """Cancel a run that has not ended; answers with the state it reached. What was written stays written."""

    actions = {"POST": "run.cancel"}

    @extend_schema(request=None, responses=RunShape, parameters=[IDEMPOTENCY])
    @once
    def post(self, request: Request, pk: int) -> Response:
        run = actions.cancel(pk, actor_of(request).name)
        record(request, "run.cancel", f"run {pk}", environment=self.row.environment, note=str(run.state))
        return Response(_shape(run))


class DecisionInput(serializers.Serializer[Any]):
    """What a person has found out about the effect a run waits for. All but keeping the first needs a reason."""

    decision = serializers.ChoiceField(choices=["keep_first", "credit_first", "make_again", "never_happened"])
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class RunDecide(RunRow):
    """Settle what only a person can: keep what was made, make it again, or say that it never happened."""

    actions = {"POST": "effect.settle"}

    @extend_schema(request=DecisionInput, responses=RunShape, parameters=[IDEMPOTENCY])
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = DecisionInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        decision, reason = wanted.validated_data["decision"], wanted.validated_data["reason"]
        try:
            run = _decide(pk, decision, reason, actor_of(request).name)
        except actions.NotParked as refusal:
            raise ApiProblem(409, "not_parked", str(refusal)) from refusal
        except decisions.NoDecision as refusal:
            raise ApiProblem(409, "no_decision", str(refusal)) from refusal
        record(
            request,
            "effect.settle",
            f"run {pk}",
            environment=self.row.environment,
            note=f"{decision}: {reason}"[:500],
        )
        return Response(_shape(run))


def _decide(run_id: int, decision: decisions.Decision, reason: str, by: str) -> Run:
    try:
        return decisions.decide(run_id, decision, by=by, reason=reason)
    except decisions.ReasonNeeded as missing:
        errors = [{"pointer": "/reason", "code": "required", "message": str(missing)}]
        raise ApiProblem(400, "invalid", str(missing), errors=errors) from missing


def _shape(run: Run) -> Any:
    return RunShape(run_rows().get(pk=run.pk)).data
