"""What arrived, where it arrives, and what was turned away at the door."""

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.large import LargeList
from integrations.api.seen import SeenList, SeenRow
from integrations.api.shapes.events import EndpointShape, EventDetailShape, EventShape, RefusalShape
from integrations.ingress.models import Endpoint, Event, Refusal
from integrations.schedules.models import ScheduleDue

__all__ = ["EndpointList", "EventDetail", "EventList", "RefusalList"]

_ENVIRONMENT = OpenApiParameter("environment", str)
_FLOW = OpenApiParameter("flow", str)


class EventList(ListModelMixin, LargeList):
    """Events, newest first, without their data."""

    actions = {"GET": "event.view"}
    serializer_class = EventShape

    def rows(self) -> QuerySet[Event]:
        return Event.objects.select_related("environment").prefetch_related("runs").defer("data")

    @extend_schema(parameters=[_ENVIRONMENT, _FLOW])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class EventDetail(SeenRow):
    """One event with its data."""

    actions = {"GET": "event.view"}
    view_action = "event.view"
    serializer_class = EventDetailShape

    def rows(self) -> QuerySet[Event]:
        return Event.objects.select_related("environment").prefetch_related("runs")

    @extend_schema(responses=EventDetailShape)
    def get(self, _request: Request, pk: int) -> Response:
        return Response(EventDetailShape(self.row).data)


class EndpointList(ListModelMixin, SeenList):
    """Where events come in: public addresses with what they turned away in the last day, polls and schedules."""

    actions = {"GET": "endpoint.view"}
    serializer_class = EndpointShape
    keyset = ("id",)

    def rows(self) -> QuerySet[Endpoint]:
        since = timezone.now() - timedelta(hours=24)
        refused = (
            Refusal.objects.filter(endpoint=OuterRef("pk"), last_at__gte=since)
            .order_by()
            .values("endpoint")
            .annotate(total=Sum("count"))
            .values("total")
        )
        next_due = ScheduleDue.objects.filter(state=ScheduleDue.State.PENDING)
        rows = (
            Endpoint.objects.select_related("environment", "poll", "schedule")
            .defer("poll__boundary", "poll__seen", "poll__cursor")
            .prefetch_related(Prefetch("schedule__dues", queryset=next_due))
            .annotate(refused=Coalesce(Subquery(refused), 0))
        )
        flow = self.request.query_params.get("flow")
        return rows.filter(flow_key=flow) if flow else rows

    @extend_schema(parameters=[_ENVIRONMENT, _FLOW])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class RefusalList(ListModelMixin, SeenList):
    """What was turned away, the latest first. Calls to unknown addresses belong to nobody's environment: all may see them."""

    actions = {"GET": "endpoint.view"}
    serializer_class = RefusalShape
    keyset = ("-last_at", "-id")
    paths = ("endpoint__environment",)

    def rows(self) -> QuerySet[Refusal]:
        return Refusal.objects.select_related("endpoint")

    def get_queryset(self) -> QuerySet[Any]:
        found = super().get_queryset()
        if getattr(self, "environment", None) is not None:
            return found
        return found | self.rows().filter(endpoint=None)

    @extend_schema(parameters=[_ENVIRONMENT])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
