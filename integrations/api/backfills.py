"""Backfills: have a window of the past come in through a poll's endpoint, see how far it is, cancel it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.sdk.errors import Config
from integrations.api.idempotency import once
from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenRow
from integrations.ingress.models import Endpoint
from integrations.polling import backfill
from integrations.polling.models import Backfill

__all__ = ["BackfillCancel", "BackfillShape", "EndpointBackfills"]

SHOWN = 50
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Done once per key and caller."
)


class BackfillInput(serializers.Serializer[Any]):
    """From `since` (included) to `until` (not included), by the far system's clock."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()


class BackfillShape(serializers.ModelSerializer[Backfill]):
    """How far it is. `fetched` = new + repeated (had come in before)."""

    endpoint = serializers.IntegerField(source="endpoint_id")
    state = serializers.ChoiceField(choices=Backfill.State.choices)

    class Meta:
        model = Backfill
        fields = [
            "id", "endpoint", "since", "until", "state", "pages", "fetched", "new", "repeated", "note", "created_by", "created_at",
            "ended_at",
        ]  # fmt: skip


class EndpointBackfills(SeenRow):
    """The latest backfills of one endpoint, newest first; a new one runs beside normal polling, one at a time."""

    actions = {"GET": "endpoint.view", "POST": "endpoint.backfill"}
    view_action = "endpoint.view"
    serializer_class = BackfillShape
    pagination_class = None

    def rows(self) -> QuerySet[Endpoint]:
        return Endpoint.objects.select_related("environment")

    @extend_schema(responses=BackfillShape(many=True))
    def get(self, _request: Request, pk: int) -> Response:
        return Response(BackfillShape(self.row.backfills.all()[:SHOWN], many=True).data)

    @extend_schema(request=BackfillInput, responses={202: BackfillShape}, parameters=[IDEMPOTENCY])
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = BackfillInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            made = backfill.backfill(self.row, by=request, **wanted.validated_data)
        except ValueError as problem:
            raise ApiProblem(400, "window_empty", str(problem)) from problem
        except Config as problem:
            raise ApiProblem(409, problem.code, problem.sentence) from problem
        except backfill.AlreadyRunning as problem:
            sentence = "A backfill of this endpoint is under way. Wait until it is done, or cancel it."
            raise ApiProblem(409, "backfill_running", sentence) from problem
        return Response(BackfillShape(made).data, status=202)


class BackfillCancel(SeenRow):
    """Cancel a backfill that is under way; answers with how far it came. What came in stays."""

    actions = {"POST": "endpoint.backfill"}
    view_action = "endpoint.view"
    paths = ("endpoint__environment",)
    serializer_class = BackfillShape

    def rows(self) -> QuerySet[Backfill]:
        return Backfill.objects.select_related("endpoint__environment")

    def environment_of_row(self, row: Any) -> Any:
        return row.endpoint.environment

    @extend_schema(request=None, responses=BackfillShape)
    def post(self, request: Request, pk: int) -> Response:
        if not backfill.cancel(self.row, request):
            raise ApiProblem(409, "backfill_ended", "This backfill has ended already.")
        self.row.refresh_from_db()
        return Response(BackfillShape(self.row).data)
