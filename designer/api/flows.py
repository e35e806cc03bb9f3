"""Flows: the list, and one flow with its drawing."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from designer.api.shapes import FlowDetailShape, FlowShape
from designer.flows import current_document, overviews
from designer.models import Flow
from designer.outline import identity_hint, slots_of, tables_of
from integrations.access.authorise import visible_environments
from integrations.api.paging import Keyset
from integrations.releases.models import Environment

__all__ = ["FlowDetail", "FlowList", "FlowView"]


class FlowView(GenericAPIView[Any]):
    """What the views of flows share: flows belong to no environment."""

    serializer_class: Any = FlowShape
    queryset = Flow.objects.all()

    def environment_of(self, request: Request, **_kwargs: Any) -> Environment | None:
        """None: drawing is outside every environment."""
        del request
        return None

    def flow(self, key: str) -> Flow:
        """The flow called `key`. Raises Http404."""
        return get_object_or_404(Flow.objects.select_related("draft"), key=key)


class FlowList(FlowView):
    """Every flow, by name, with where it runs and how its last day went."""

    actions = {"GET": "flow.view"}
    pagination_class = Keyset
    keyset = ("name", "id")

    def get_queryset(self) -> QuerySet[Flow]:
        return Flow.objects.select_related("draft")

    @extend_schema(responses=FlowShape(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        seen = visible_environments(request, "run.view")
        return self.get_paginated_response(FlowShape(overviews(list(page or []), seen), many=True).data)


class FlowDetail(FlowView):
    """One flow with its newest version's drawing (its draft's, before there is a version)."""

    actions = {"GET": "flow.view"}

    @extend_schema(responses=FlowDetailShape)
    def get(self, request: Request, key: str) -> Response:
        flow = self.flow(key)
        (overview,) = overviews([flow], visible_environments(request, "run.view"))
        _, graph, layout = current_document(flow)
        shape = {
            **FlowShape(overview).data,
            "graph": graph,
            "layout": layout,
            "slots": slots_of(graph),
            "tables": tables_of(graph),
            "identity_hint": identity_hint(graph),
        }
        return Response(shape)
