"""Versions of a flow: list, read, make one out of the draft."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from designer.api.flows import FlowView
from designer.api.shapes import VersionDetailShape, VersionInput, VersionShape
from designer.models import Draft, FlowVersion
from designer.versions import Unchanged, VersionRefused, freeze
from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.api.idempotency import once
from integrations.api.paging import Keyset
from integrations.api.problems import ApiProblem

__all__ = ["VersionDetail", "VersionList"]


class VersionList(FlowView):
    """Versions, the newest first."""

    actions = {"GET": "flow.view", "POST": "version.make"}
    serializer_class = VersionShape
    pagination_class = Keyset
    keyset = ("-number",)

    @extend_schema(responses=VersionShape(many=True))
    def get(self, _request: Request, key: str) -> Response:
        rows = FlowVersion.objects.filter(flow=self.flow(key)).defer("graph", "layout")
        return self.get_paginated_response(VersionShape(self.paginate_queryset(rows), many=True).data)

    @extend_schema(request=VersionInput, responses={201: VersionDetailShape})
    @once
    def post(self, request: Request, key: str) -> Response:
        wanted = VersionInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        flow = self.flow(key)
        try:
            version = freeze(flow, note=wanted.validated_data["note"], by=actor_of(request).name)
        except Draft.DoesNotExist as error:
            raise ApiProblem(409, "no_draft", "This flow has no draft to make a version of.") from error
        except Unchanged as error:
            raise ApiProblem(409, "unchanged", "The draft says the same as the newest version.") from error
        except VersionRefused as refusal:
            raise _refused(refusal) from refusal
        record(request, "version.make", f"{flow.key} v{version.number}", note=version.note)
        return Response(VersionDetailShape(version).data, status=201)


class VersionDetail(FlowView):
    """One version with its drawing."""

    actions = {"GET": "flow.view"}
    serializer_class = VersionDetailShape

    @extend_schema(responses=VersionDetailShape)
    def get(self, _request: Request, key: str, number: int) -> Response:
        return Response(VersionDetailShape(get_object_or_404(FlowVersion, flow__key=key, number=number)).data)


def _refused(refusal: VersionRefused) -> ApiProblem:
    errors = [problem.to_json() for problem in refusal.problems]
    count = len(errors)
    detail = refusal.problems[0].message if count == 1 else f"The draft has {count} problems."
    return ApiProblem(400, "flow_problems", detail, errors=errors)
