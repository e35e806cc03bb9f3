"""Retention over REST: what is kept for how long, how far removal has come, and legal holds."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.access.authorise import visible_environments
from integrations.api.idempotency import once
from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenList, SeenRow, asked_environment, environment_by_key, named_in_body
from integrations.api.shapes.retention import HoldInput, HoldShape, RetentionShape
from integrations.releases.models import Environment
from integrations.retention.holds import place, release
from integrations.retention.kept import KEPT
from integrations.retention.models import Hold, Remainder
from integrations.retention.report import COUNTED, reports
from integrations.runs.models import Run

__all__ = ["HoldList", "HoldRelease", "RetentionView"]


class RetentionView(APIView):
    """How long each flow's data is kept, what was removed, how much is due, and what becomes of every table's rows."""

    actions = {"GET": "retention.view"}

    def environment_of(self, request: Request, **_kwargs: Any) -> Environment | None:
        self.environment = asked_environment(request)
        return self.environment

    @extend_schema(parameters=[OpenApiParameter("environment", str)], responses=RetentionShape)
    def get(self, request: Request) -> Response:
        seen = [self.environment] if self.environment else visible_environments(request, "retention.view")
        found = {
            "flows": reports(list(seen)),
            "passed": Remainder.objects.all()[:COUNTED].count(),
            "tables": [{"table": table, "statement": statement} for table, statement in KEPT.items()],
        }
        return Response(RetentionShape(found).data)


class HoldList(ListModelMixin, SeenList):
    """Legal holds, the latest first; placing one keeps an environment, a flow or a run until it is released."""

    actions = {"GET": "retention.view", "POST": "retention.hold"}
    serializer_class = HoldShape

    def environment_of(self, request: Request, **kwargs: Any) -> Environment | None:
        if request.method != "POST":
            return super().environment_of(request, **kwargs)
        self.environment = environment_by_key(request, named_in_body(request, "environment"))
        return self.environment

    def rows(self) -> QuerySet[Hold]:
        return Hold.objects.select_related("environment")

    @extend_schema(parameters=[OpenApiParameter("environment", str)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(request=HoldInput, responses={201: HoldShape})
    @once
    def post(self, request: Request) -> Response:
        wanted = HoldInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        asked, where = wanted.validated_data, self.environment
        if where is None:
            raise ApiProblem(400, "invalid", "Name the environment.")
        if asked["run"] and not Run.objects.filter(pk=asked["run"], environment=where).exists():
            raise ApiProblem(400, "invalid", f"There is no run {asked['run']} in {where.name}.")
        by = actor_of(request).name
        hold = place(where, reason=asked["reason"], by=by, flow_key=asked["flow"], run_number=asked["run"])
        record(request, "retention.hold", str(hold), environment=where, note=hold.reason)
        return Response(HoldShape(hold).data, status=201)


class HoldRelease(SeenRow):
    """Release a hold: what it held is removed at its time again, from tomorrow at the latest."""

    actions = {"POST": "retention.hold"}
    view_action = "retention.view"
    serializer_class = HoldShape

    def rows(self) -> QuerySet[Hold]:
        return Hold.objects.select_related("environment")

    @extend_schema(request=None, responses=HoldShape)
    def post(self, request: Request, pk: int) -> Response:
        if not release(self.row, actor_of(request).name):
            raise ApiProblem(409, "hold_released", "This hold was released before.")
        record(request, "retention.hold", f"{self.row} released", environment=self.row.environment)
        self.row.refresh_from_db()
        return Response(HoldShape(self.row).data)
