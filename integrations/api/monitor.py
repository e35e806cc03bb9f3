"""How the engine does, for monitoring, and what people should know now. Both are limited to the environments one may see."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.access.authorise import visible_environments
from integrations.api.seen import asked_environment
from integrations.api.shapes.monitor import HealthShape, NoticeShape, health_of
from integrations.monitor.notices import notices
from integrations.releases.models import Environment

__all__ = ["HealthDetails", "Notices"]

_ENVIRONMENT = OpenApiParameter("environment", str, description="Only this one; else all one may see.")


class Monitored(APIView):
    """What both share."""

    actions = {"GET": "health.view"}

    def environment_of(self, request: Request, **_kwargs: Any) -> Environment | None:
        self.environment = asked_environment(request)
        return self.environment

    def environments(self) -> list[Environment]:
        if self.environment is not None:
            return [self.environment]
        return list(visible_environments(self.request, "health.view").order_by("order", "key"))


class HealthDetails(Monitored):
    """How the engine does: who carries runs, what is due and waits for what, connections, polls and schedules."""

    @extend_schema(parameters=[_ENVIRONMENT], responses=HealthShape)
    def get(self, _request: Request) -> Response:
        return Response(HealthShape(health_of(self.environments())).data)


class Notices(Monitored):
    """What people should know now though no run failed; each is there as long as it is true."""

    @extend_schema(parameters=[_ENVIRONMENT], responses=NoticeShape(many=True))
    def get(self, _request: Request) -> Response:
        return Response(NoticeShape(notices(self.environments()), many=True).data)
