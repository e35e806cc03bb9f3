"""Which connection an environment puts in a slot."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.api.problems import ApiProblem
from integrations.api.seen import environment_by_key
from integrations.releases.bindings import bind
from integrations.releases.models import Binding, Environment
from integrations.vault.models import Connection

__all__ = ["BindingDetail"]


class BindingShape(serializers.Serializer[Any]):
    """A slot and its connection, by key."""

    slot = serializers.CharField(read_only=True)
    environment = serializers.CharField(source="environment.key", read_only=True)
    connection = serializers.CharField(source="connection.key")


class BindingInput(serializers.Serializer[Any]):
    """The key of one of the environment's connections."""

    connection = serializers.SlugField(max_length=64)


class BindingDetail(APIView):
    """One slot of one environment. Bindings stay when releases change."""

    actions = {"GET": "connection.view", "PUT": "binding.edit"}

    def environment_of(self, request: Request, env: str, **_kwargs: Any) -> Environment:
        self.environment = environment_by_key(request, env)
        return self.environment

    @extend_schema(responses=BindingShape)
    def get(self, _request: Request, env: str, slot: str) -> Response:
        found = Binding.objects.select_related("connection", "environment").filter(
            environment=self.environment, slot=slot
        )
        if not found:
            raise Http404
        return Response(BindingShape(found[0]).data)

    @extend_schema(request=BindingInput, responses=BindingShape)
    def put(self, request: Request, env: str, slot: str) -> Response:
        wanted = BindingInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        key = wanted.validated_data["connection"]
        connection = Connection.objects.filter(environment=self.environment, key=key).first()
        if connection is None:
            message = f"{self.environment.name} has no connection “{key}”."
            raise ApiProblem(
                400,
                "invalid",
                message,
                errors=[{"pointer": "/connection", "code": "unknown", "message": message}],
            )
        return Response(BindingShape(bind(self.environment, slot, connection, request)).data)
