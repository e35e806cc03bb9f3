"""Pausing and resuming what starts a flow: a poll or a schedule, by an operator, with a reason."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.sdk.errors import Config
from integrations.api.failures import ReasonInput
from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenRow
from integrations.ingress.models import Endpoint
from integrations.ingress.pausing import pause, resume

__all__ = ["EndpointPause", "EndpointResume"]


class PausedShape(serializers.Serializer[Any]):
    """Whether an endpoint rests, since when, by whose wish and why. All but `id` empty = it doesn't."""

    id = serializers.IntegerField()
    paused_at = serializers.DateTimeField(allow_null=True)
    paused_by = serializers.CharField()
    paused_why = serializers.CharField()


class EndpointRow(SeenRow):
    """What both share."""

    view_action = "endpoint.view"
    serializer_class = PausedShape

    def rows(self) -> QuerySet[Endpoint]:
        return Endpoint.objects.select_related("environment")


class EndpointPause(EndpointRow):
    """Have a poll or a schedule start nothing until it is resumed. A poll loses nothing; due times pass without a run."""

    actions = {"POST": "endpoint.pause"}

    @extend_schema(request=ReasonInput, responses=PausedShape)
    def post(self, request: Request, pk: int) -> Response:
        wanted = ReasonInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            rests = pause(self.row, request, wanted.validated_data["reason"])
        except Config as refusal:
            raise ApiProblem(409, refusal.code, refusal.sentence) from refusal
        if not rests:
            raise ApiProblem(409, "paused_already", "It is paused already.")
        return Response(PausedShape(self.row).data)


class EndpointResume(EndpointRow):
    """Start again: a poll looks at once and finds what changed meanwhile, a schedule waits for its next due time."""

    actions = {"POST": "endpoint.pause"}

    @extend_schema(request=None, responses=PausedShape)
    def post(self, request: Request, pk: int) -> Response:
        try:
            goes_on = resume(self.row, request)
        except Config as refusal:
            raise ApiProblem(409, refusal.code, refusal.sentence) from refusal
        if not goes_on:
            raise ApiProblem(409, "not_paused", "It is not paused.")
        return Response(PausedShape(self.row).data)
