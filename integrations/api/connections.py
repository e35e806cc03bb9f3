"""Connections: list, make, change (secrets only ever go in), test, connect in the browser."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.sdk.errors import Config, Failure
from connectors.sdk.manifest import LIMITS
from connectors.sdk.validation import validator_for
from integrations.access.audit import record
from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenList, SeenRow, environment_by_key, named_in_body
from integrations.api.shapes.connections import (
    ConnectionChange,
    ConnectionDetailShape,
    ConnectionShape,
    NewConnection,
    TestShape,
)
from integrations.releases.models import Environment
from integrations.vault import oauth, store
from integrations.vault.health import test_connection
from integrations.vault.models import Connection

__all__ = ["ConnectionAuthorize", "ConnectionDetail", "ConnectionList", "ConnectionTest"]


class AuthorizeShape(serializers.Serializer[Any]):
    """Where to send the browser to connect the account."""

    url = serializers.CharField()


def _rows() -> QuerySet[Connection]:
    return Connection.objects.select_related("environment").prefetch_related("bindings").defer("sealed")


class ConnectionList(ListModelMixin, SeenList):
    """The connections of the environments one may see."""

    actions = {"GET": "connection.view", "POST": "connection.edit"}
    serializer_class = ConnectionShape
    keyset = ("id",)

    def environment_of(self, request: Request, **kwargs: Any) -> Environment | None:
        if request.method != "POST":
            return super().environment_of(request, **kwargs)
        return environment_by_key(request, named_in_body(request, "environment"))

    def rows(self) -> QuerySet[Connection]:
        return _rows()

    @extend_schema(parameters=[OpenApiParameter("environment", str)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(request=NewConnection, responses={201: ConnectionShape})
    def post(self, request: Request) -> Response:
        wanted = NewConnection(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = dict(wanted.validated_data)
        secrets = values.pop("secrets", {})
        environment = environment_by_key(request, values.pop("environment"))
        connection = Connection(environment=environment, **values)
        _check(connection)
        try:
            with transaction.atomic():
                connection.save()
                store.save_secrets(connection, secrets)
                record(
                    request,
                    "connection.edit",
                    f"connection {connection.key}",
                    environment=environment,
                    note="Made",
                )
        except IntegrityError as error:
            raise ApiProblem(
                409,
                "key_taken",
                f"{environment.name} already has a connection “{connection.key}”.",
                errors=[{"pointer": "/key", "code": "unique", "message": "Choose another key."}],
            ) from error
        return Response(ConnectionShape(_rows().get(pk=connection.pk)).data, status=201)


class ConnectionRow(SeenRow):
    """What the views of one connection share."""

    view_action = "connection.view"
    serializer_class = ConnectionShape

    def rows(self) -> QuerySet[Connection]:
        return Connection.objects.select_related("environment").prefetch_related("bindings")


class ConnectionDetail(ConnectionRow):
    """One connection; a change keeps every secret that isn't given."""

    actions = {"GET": "connection.view", "PATCH": "connection.edit"}

    @extend_schema(responses=ConnectionDetailShape)
    def get(self, _request: Request, pk: int) -> Response:
        return Response(ConnectionDetailShape(self.row).data)

    @extend_schema(request=ConnectionChange, responses=ConnectionDetailShape)
    def patch(self, request: Request, pk: int) -> Response:
        wanted = ConnectionChange(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        values = dict(wanted.validated_data)
        secrets = values.pop("secrets", {})
        connection: Connection = self.row
        for name, value in values.items():
            setattr(connection, name, value)
        _check(connection)
        with transaction.atomic():
            store.drop_secrets_if_moved(connection)
            connection.save()
            if secrets:
                store.save_secrets(connection, secrets)
            note = "Changed " + ", ".join(sorted([*values, *(["secrets"] if secrets else [])]))
            record(
                request,
                "connection.edit",
                f"connection {connection.key}",
                environment=connection.environment,
                note=note,
            )
        return Response(ConnectionDetailShape(_rows().get(pk=pk)).data)


class ConnectionTest(ConnectionRow):
    """One cheap read that says whose account it is."""

    actions = {"POST": "connection.test"}

    @extend_schema(request=None, responses=TestShape)
    def post(self, request: Request, pk: int) -> Response:
        connection: Connection = self.row
        try:
            identity = test_connection(connection)
        except Failure as failure:
            record(
                request,
                "connection.test",
                f"connection {connection.key}",
                environment=connection.environment,
                note=failure.code,
            )
            problem = {
                "kind": failure.kind,
                "code": failure.code,
                "sentence": failure.sentence,
                "info": failure.info,
            }
            return Response({"ok": False, "problem": problem})
        record(
            request,
            "connection.test",
            f"connection {connection.key}",
            environment=connection.environment,
            note="ok",
        )
        return Response({"ok": True, "account": {"id": identity.id, "name": identity.name}})


class ConnectionAuthorize(ConnectionRow):
    """Where the browser goes to connect the account; the way back is /oauth/callback/."""

    actions = {"GET": "connection.edit"}

    @extend_schema(responses=AuthorizeShape)
    def get(self, request: Request, pk: int) -> Response:
        if request.user.pk is None:
            raise ApiProblem(
                403, "needs_a_person", "Connecting an account needs a person in a browser, not an API key."
            )
        return Response({"url": oauth.begin(request._request, self.row)})  # noqa: SLF001 - the session is Django's


def _check(connection: Connection) -> None:
    """Refuse, with every finding, what the connector couldn't work with."""
    try:
        connector = store.connector_of(connection)
    except Config as failure:
        raise _invalid([("/connector", failure.code, failure.sentence)]) from failure
    findings = [
        (f"/settings{place}", "invalid", sentence)
        for place, sentence in validator_for(connector.client.settings).findings(connection.settings)
    ]
    findings += [
        (f"/own_limits{place}", "invalid", sentence)
        for place, sentence in validator_for(LIMITS).findings(connection.own_limits or [])
    ]
    try:
        connector.check_account(store.account(connection))
    except Config as failure:
        pointer = "/auth" if failure.code == "auth_kind" else "/base_url"
        findings.append((pointer, failure.code, failure.sentence))
    if findings:
        raise _invalid(findings)


def _invalid(findings: list[tuple[str, str, str]]) -> ApiProblem:
    errors = [{"pointer": pointer, "code": code, "message": sentence} for pointer, code, sentence in findings]
    detail = findings[0][2] if len(findings) == 1 else f"{len(findings)} things must be corrected."
    return ApiProblem(400, "invalid", detail, errors=errors)
