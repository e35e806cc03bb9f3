"""The effect ledger and the cross-references, for reading."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.large import LargeList
from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenRow
from integrations.api.shapes.effects import CrossReferenceShape, EffectDetailShape, EffectShape, effect_rows
from integrations.effects.models import CrossReference, Effect
from integrations.keyset import newest

__all__ = ["CrossReferenceList", "EffectDetail", "EffectList", "EffectRow"]

_FIELDS = {"state": "state", "record": "record", "flow": "flow_key", "far_id": "far_id"}
_SETTLED = Effect.State.CONFIRMED.value


class EffectList(ListModelMixin, LargeList):
    """Effects, newest first. Those of one flow or one kind of record are looked for among the newest 200,000."""

    actions = {"GET": "effect.view"}
    serializer_class = EffectShape

    def rows(self) -> QuerySet[Effect]:
        rows: QuerySet[Effect] = effect_rows()
        return rows

    def found(self, rows: QuerySet[Effect]) -> list[QuerySet[Effect]] | None:
        wanted = self.request.query_params
        if wanted.get("far_id"):
            return [rows.filter(far_id=wanted["far_id"])]
        if wanted.get("state") not in {None, "", _SETTLED}:
            return [rows.exclude(state=_SETTLED).filter(state=wanted["state"])]
        return [newest(rows)] if wanted.get("flow") or wanted.get("record") else None

    def checked(self) -> dict[str, Any]:
        wanted = self.request.query_params
        return {field: wanted[name] for name, field in _FIELDS.items() if wanted.get(name)}

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

    def rows(self) -> QuerySet[Effect]:
        return Effect.objects.select_related(
            "environment", "connection", "undoing__done_by"
        ).prefetch_related("keys")


class EffectDetail(EffectRow):
    """One effect with what was meant and what came of it."""

    actions = {"GET": "effect.view"}

    @extend_schema(responses=EffectDetailShape)
    def get(self, _request: Request, pk: int) -> Response:
        return Response(EffectDetailShape(self.row).data)


class CrossReferenceList(ListModelMixin, LargeList):
    """Which record here is which record there, by either side's id."""

    actions = {"GET": "effect.view"}
    serializer_class = CrossReferenceShape

    def rows(self) -> QuerySet[CrossReference]:
        return CrossReference.objects.select_related("environment", "effect__undoing__done_by")

    def found(self, rows: QuerySet[CrossReference]) -> list[QuerySet[CrossReference]]:
        key = self.request.query_params.get("key")
        if not key:
            raise ApiProblem(
                400,
                "invalid",
                "Name a record by ?key=.",
                errors=[{"pointer": "/key", "code": "required", "message": "Required."}],
            )
        return [rows.filter(source_id=key), rows.filter(far_id=key)]

    @extend_schema(
        parameters=[OpenApiParameter("key", str, required=True), OpenApiParameter("environment", str)]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)
