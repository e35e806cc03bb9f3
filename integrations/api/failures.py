"""The error inbox: groups with their money, and what an operator may do about them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.api.idempotency import once
from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenList, SeenRow
from integrations.api.shapes.failures import FailureDetailShape, FailureShape, with_parked
from integrations.failures import actions
from integrations.failures.giving_up import give_up_all
from integrations.failures.models import Failure

__all__ = [
    "FailureDetail", "FailureGiveUp", "FailureIgnore", "FailureList", "FailureNote", "FailureResolve", "FailureRetry",
]  # fmt: skip

_FILTERS = {"flow": "flow_key", "kind": "kind", "connector": "connector", "verdict": "verdict"}


class RetryGroup(serializers.Serializer[Any]):
    """How to retry: at the step where each run waits, or from the start."""

    mode = serializers.ChoiceField(choices=["step", "start"], default="step")


class SkippedRun(serializers.Serializer[Any]):
    """A run that was left as it is, and why."""

    run = serializers.IntegerField()
    code = serializers.CharField()


class RetriedGroup(serializers.Serializer[Any]):
    """How many runs go on, and which were not waiting any more."""

    retried = serializers.IntegerField()
    skipped = SkippedRun(many=True)


class ReasonInput(serializers.Serializer[Any]):
    """Why; kept with what was done."""

    reason = serializers.CharField(max_length=500)


class GivenUpGroup(serializers.Serializer[Any]):
    """How many runs ended as failed, and which were not waiting any more."""

    given_up = serializers.IntegerField()
    skipped = SkippedRun(many=True)


class NoteInput(serializers.Serializer[Any]):
    """A note for the next person."""

    note = serializers.CharField(max_length=10_000, allow_blank=True)


class SettleInput(serializers.Serializer[Any]):
    """Why it is settled; an empty note keeps the old one."""

    note = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class FailureList(SeenList):
    """Groups of failures, the latest first."""

    actions = {"GET": "failure.view"}
    serializer_class = FailureShape
    keyset = ("-last_at", "-id")

    def rows(self) -> QuerySet[Failure]:
        wanted = self.request.query_params
        rows = Failure.objects.select_related("environment", "owner")
        if wanted.get("state"):
            rows = rows.filter(state__in=_states(wanted["state"]))
        for name, field in _FILTERS.items():
            if wanted.get(name):
                rows = rows.filter(**{field: wanted[name]})
        return rows

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in ("environment", "state", *_FILTERS)],
        responses=FailureShape(many=True),
    )
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(FailureShape(with_parked(page or []), many=True).data)


class FailureRow(SeenRow):
    """What the views of one failure share."""

    view_action = "failure.view"
    serializer_class = FailureDetailShape

    def rows(self) -> QuerySet[Failure]:
        return Failure.objects.select_related("environment", "owner")

    def shown(self) -> Response:
        """The failure as it is now, with its parked runs."""
        failure = self.rows().get(pk=self.row.pk)
        with_parked([failure])
        return Response(FailureDetailShape(failure).data)

    def keep_note(self, request: Request) -> None:
        """The note that comes with settling, if there is one."""
        wanted = SettleInput(data=request.data or {})
        wanted.is_valid(raise_exception=True)
        if wanted.validated_data["note"]:
            actions.note(self.row, wanted.validated_data["note"])

    def audit(self, what: str) -> None:
        record(
            self.request,
            "failure.triage",
            f"failure {self.row.pk}",
            environment=self.row.environment,
            note=what,
        )


class FailureDetail(FailureRow):
    """One failure with its parked runs."""

    actions = {"GET": "failure.view"}

    @extend_schema(responses=FailureDetailShape)
    def get(self, _request: Request, pk: int) -> Response:
        return self.shown()


class FailureRetry(FailureRow):
    """Retry every run parked on this failure."""

    actions = {"POST": "run.retry"}

    @extend_schema(request=RetryGroup, responses=RetriedGroup)
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = RetryGroup(data=request.data)
        wanted.is_valid(raise_exception=True)
        mode = wanted.validated_data["mode"]
        retried, skipped = actions.retry_all(self.row, mode=mode, by=actor_of(request).name)
        self.audit(f"retried {retried} runs ({mode})")
        left = [{"run": run, "code": "not_parked"} for run in skipped]
        return Response({"retried": retried, "skipped": left})


class FailureGiveUp(FailureRow):
    """End every run parked on this failure as failed, with a reason. What they wrote stays written."""

    actions = {"POST": "run.give_up"}

    @extend_schema(request=ReasonInput, responses=GivenUpGroup)
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = ReasonInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        reason = wanted.validated_data["reason"]
        ended, gone = give_up_all(self.row, by=actor_of(request).name, reason=reason)
        note, where = f"gave up {ended} runs: {reason}"[:500], self.row.environment
        record(request, "run.give_up", f"failure {pk}", environment=where, note=note)
        left = [{"run": run, "code": "not_parked"} for run in gone]
        return Response({"given_up": ended, "skipped": left})


class FailureResolve(FailureRow):
    """Close the group by hand; runs that still wait keep waiting."""

    actions = {"POST": "failure.triage"}

    @extend_schema(request=SettleInput, responses=FailureDetailShape)
    @once
    def post(self, request: Request, pk: int) -> Response:
        self.keep_note(request)
        actions.resolve(self.row, actor_of(request).name)
        self.audit("resolved")
        return self.shown()


class FailureIgnore(FailureRow):
    """Nobody needs to look: the waiting runs of this group are cancelled."""

    actions = {"POST": "failure.triage"}

    @extend_schema(request=SettleInput, responses=FailureDetailShape)
    @once
    def post(self, request: Request, pk: int) -> Response:
        self.keep_note(request)
        actions.ignore(self.row, actor_of(request).name)
        self.audit("ignored")
        return self.shown()


class FailureNote(FailureRow):
    """Keep a note for the next person."""

    actions = {"POST": "failure.triage"}

    @extend_schema(request=NoteInput, responses=FailureDetailShape)
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = NoteInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        actions.note(self.row, wanted.validated_data["note"])
        self.audit("noted")
        return self.shown()


def _states(text: str) -> list[str]:
    states = text.split(",")
    if set(states) - set(Failure.State.values):
        raise ApiProblem(400, "invalid", f"States of a failure: {', '.join(Failure.State.values)}.")
    return states
