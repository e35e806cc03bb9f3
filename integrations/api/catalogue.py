"""What flows can be built from: connectors and node types."""

import hashlib
import json
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.catalog import catalogue_json

__all__ = ["Catalogue"]


class OperationShape(serializers.Serializer[Any]):
    """One thing a connector can do."""

    id = serializers.CharField()
    title = serializers.CharField()
    help = serializers.CharField()
    effect = serializers.ChoiceField(choices=["read", "create", "update", "append", "delete"])
    record = serializers.CharField(allow_null=True)
    idempotency = serializers.DictField(allow_null=True)
    input = serializers.DictField()
    output = serializers.DictField()
    sample = serializers.JSONField()


class TriggerShape(serializers.Serializer[Any]):
    """One way a far system tells that something happened."""

    id = serializers.CharField()
    title = serializers.CharField()
    help = serializers.CharField()
    config = serializers.DictField()
    output = serializers.DictField()
    sample = serializers.JSONField()


class AuthShape(serializers.Serializer[Any]):
    """One way to sign in to a far system; secret fields are `writeOnly`."""

    id = serializers.CharField()
    title = serializers.CharField()
    fields = serializers.DictField()  # type: ignore[assignment]  # the contract's word; the serializer's own is `get_fields`
    oauth2 = serializers.BooleanField()


class ConnectorShape(serializers.Serializer[Any]):
    """One far system."""

    id = serializers.CharField()
    title = serializers.CharField()
    version = serializers.CharField()
    summary = serializers.CharField()
    category = serializers.CharField()
    docs = serializers.CharField()
    base_url = serializers.CharField()
    settings = serializers.DictField()
    auth = AuthShape(many=True)
    operations = OperationShape(many=True)
    triggers = TriggerShape(many=True)


class PortsShape(serializers.Serializer[Any]):
    """Names of a node's inputs and outputs."""

    inputs = serializers.ListField(child=serializers.CharField())
    outputs = serializers.ListField(child=serializers.CharField())


class NodeTypeShape(serializers.Serializer[Any]):
    """One kind of node and the schema of its form."""

    id = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    category = serializers.ChoiceField(choices=["trigger", "lookup", "transform", "action", "logic"])
    help = serializers.CharField()
    icon = serializers.CharField()
    schema = serializers.DictField()
    ports = PortsShape()
    sample = serializers.JSONField()


class CatalogueShape(serializers.Serializer[Any]):
    """All of it."""

    connectors = ConnectorShape(many=True)
    node_types = NodeTypeShape(many=True)


class Catalogue(APIView):
    """The catalogue, with an ETag: it changes only when something is installed."""

    actions = {"GET": "catalogue.view"}

    def environment_of(self, _request: Request, **_kwargs: Any) -> None:
        """The catalogue belongs to no environment."""

    @extend_schema(responses={200: CatalogueShape, 304: None})
    def get(self, request: Request) -> Response:
        body = catalogue_json()
        digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
        etag = f'"{digest[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match") == etag:
            return Response(status=304, headers=headers)
        return Response(body, headers=headers)
