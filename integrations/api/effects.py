"""The effect ledger and the cross-references, for reading."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenList, SeenRow
from integrations.api.shapes.effects import CrossReferenceShape, EffectDetailShape, EffectShape, effect_rows
from integrations.effects.models import CrossReference, Effect
from integrations.releases.models import Environment

__all__ = ["CrossReferenceList", "EffectDetail", "EffectList", "EffectRow"]

_PATHS = ("run__environment", "connection__environment")
"""An effect's environment is that of its run, or of the connection it went through when the run is gone."""


class EffectList(ListModelMixin, SeenList):
    """Effects, newest first."""

    actions = {"GET": "effect.view"}
    serializer_class = EffectShape
    paths = _PATHS

    def rows(self) -> QuerySet[Effect]:
        rows: QuerySet[Effect] = effect_rows()
        for name, field in (
            ("state", "state"),
            ("record", "record"),
            ("flow", "flow_key"),
            ("far_id", "far_id"),
        ):
            if self.request.query_params.get(name):
                rows = rows.filter(**{field: self.request.query_params[name]})
        return rows

    @extend_schema(
        parameters=[
            OpenApiParameter(name, str) for name in ("environment", "state", "record", "flow", "far_id")
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class EffectRow(SeenRow):
    """What the views of one effect share."""

    view_action = "effect.view"
    serializer_class = EffectDetailShape
    paths = _PATHS

    def rows(self) -> QuerySet[Effect]:
        return Effect.objects.select_related(
            "run__environment", "connection__environment", "undoing__done_by"
        ).prefetch_related("keys")

    def environment_of_row(self, row: Any) -> Environment | None:
        owner = row.run or row.connection
        return owner.environment if owner else None


class EffectDetail(EffectRow):
    """One effect with what was meant and what came of it."""

    actions = {"GET": "effect.view"}

    @extend_schema(responses=EffectDetailShape)
    def get(self, _request: Request, pk: int) -> Response:
        return Response(EffectDetailShape(self.row).data)


class CrossReferenceList(ListModelMixin, SeenList):
    """Which record here is which record there, by either side's id."""

    actions = {"GET": "effect.view"}
    serializer_class = CrossReferenceShape

    def rows(self) -> QuerySet[CrossReference]:
        key = self.request.query_params.get("key")
        if not key:
            raise ApiProblem(
                400,
                "invalid",
                "Name a record by ?key=.",
                errors=[{"pointer": "/key", "code": "required", "message": "Required."}],
            )
        found = CrossReference.objects.select_related("environment", "effect__undoing__done_by")
        return found.filter(source_id=key) | found.filter(far_id=key)

    @extend_schema(
        parameters=[OpenApiParameter("key", str, required=True), OpenApiParameter("environment", str)]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
