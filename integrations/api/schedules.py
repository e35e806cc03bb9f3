"""Schedules: when each flow is due next, and what a schedule somebody is drawing would mean."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenList
from integrations.api.shapes.schedules import PreviewInput, PreviewShape, ScheduleShape
from integrations.engine.recurrence import NoRecurrence, next_dates, recurrence
from integrations.schedules.arrange import zone_for
from integrations.schedules.models import Schedule, ScheduleDue

__all__ = ["ScheduleList", "SchedulePreview"]

SHOWN = 5


class ScheduleList(ListModelMixin, SeenList):
    """Every schedule with its next due time; one whose flow is stopped waits for none."""

    actions = {"GET": "endpoint.view"}
    serializer_class = ScheduleShape
    keyset = ("id",)
    paths = ("endpoint__environment",)

    def rows(self) -> QuerySet[Schedule]:
        waiting = ScheduleDue.objects.filter(schedule=OuterRef("pk"), state=ScheduleDue.State.PENDING)
        rows = Schedule.objects.select_related("endpoint__environment").annotate(
            next_due=Subquery(waiting.values("due")[:1])
        )
        flow = self.request.query_params.get("flow")
        return rows.filter(endpoint__flow_key=flow) if flow else rows

    @extend_schema(parameters=[OpenApiParameter("environment", str), OpenApiParameter("flow", str)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class SchedulePreview(APIView):
    """What a schedule means in words, and when it is due next. Changes nothing."""

    actions = {"POST": "catalogue.view"}

    def environment_of(self, _request: Request, **_kwargs: Any) -> None:
        """It is about no environment."""

    @extend_schema(request=PreviewInput, responses=PreviewShape)
    def post(self, request: Request) -> Response:
        wanted = PreviewInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        config: dict[str, Any] = dict(wanted.validated_data)
        zone, now = zone_for(config, {}), timezone.now()
        try:
            words = recurrence(config, zone, now).describe()
            dates = next_dates(config, SHOWN, now, zone=zone)
        except NoRecurrence as problem:
            found = {"pointer": problem.pointer, "code": "schedule_invalid", "message": str(problem)}
            raise ApiProblem(400, "schedule_invalid", str(problem), errors=[found]) from problem
        return Response({"description": words, "zone": zone, "next": dates})
