"""Mapping tables: their columns, their rows, CSV in and out."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.access.audit import record
from integrations.api.paging import Keyset
from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenList, environment_by_key, named_in_body
from integrations.api.shapes.tables import ImportShape, RowInput, RowShape, TableShape
from integrations.mapping import importer, rows
from integrations.mapping.models import MappingRow, MappingTable
from integrations.mapping.values import RowRefused
from integrations.releases.models import Environment, Release

__all__ = ["TableExport", "TableImport", "TableList", "TableRow", "TableRows"]


class TableList(ListModelMixin, SeenList):
    """Mapping tables, with how many rows they have and which flows read them."""

    actions = {"GET": "table.view"}
    serializer_class = TableShape
    keyset = ("id",)

    def rows(self) -> QuerySet[MappingTable]:
        return MappingTable.objects.select_related("environment").annotate(row_count=Count("rows"))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "used_by": _used_by()}

    @extend_schema(parameters=[OpenApiParameter("environment", str)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class TableView(GenericAPIView[Any]):
    """What the views of one table share."""

    serializer_class = RowShape

    def environment_of(self, request: Request, env: str, key: str, **_kwargs: Any) -> Environment:
        environment = environment_by_key(request, env, "table.view")
        table = MappingTable.objects.filter(environment=environment, key=key).first()
        if table is None:
            raise Http404
        self.table = table
        return environment

    def note(self, what: str) -> None:
        table = self.table
        record(self.request, "table.edit", f"table {table.key}", environment=table.environment, note=what)


class TableRows(ListModelMixin, TableView):
    """The rows of one table, by key. `q` finds a part of the key."""

    actions = {"GET": "table.view", "POST": "table.edit"}
    pagination_class = Keyset
    keyset = ("lookup", "id")

    def get_queryset(self) -> QuerySet[MappingRow]:
        found = MappingRow.objects.filter(table=self.table)
        wanted = self.request.query_params.get("q", "").strip().casefold()
        return found.filter(lookup__contains=wanted) if wanted else found

    @extend_schema(parameters=[OpenApiParameter("q", str)], responses=RowShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    @extend_schema(request=RowInput, responses={201: RowShape})
    def post(self, request: Request, env: str, key: str) -> Response:
        wanted = _input(request)
        try:
            row = rows.add_row(
                self.table,
                wanted["values"],
                valid_from=wanted["valid_from"],
                valid_to=wanted["valid_to"],
                by=_person(request),
            )
        except RowRefused as refusal:
            raise _refused(refusal) from refusal
        self.note(f"Added “{row}”")
        return Response(RowShape(row).data, status=201)


class TableRow(TableView):
    """One row. A change that names some columns keeps the others."""

    actions = {"PATCH": "table.edit", "DELETE": "table.edit"}

    @extend_schema(request=RowInput, responses=RowShape)
    def patch(self, request: Request, env: str, key: str, pk: int) -> Response:
        old = MappingRow.objects.filter(table=self.table, pk=pk).first()
        if old is None:
            raise Http404
        given = RowInput(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        values = {**old.values, **wanted.get("values", {})}
        dates = (wanted.get("valid_from", old.valid_from), wanted.get("valid_to", old.valid_to))
        try:
            row = rows.change_row(self.table, pk, values, dates=dates, by=_person(request))
        except RowRefused as refusal:
            raise _refused(refusal) from refusal
        self.note(f"Changed “{row}”")
        return Response(RowShape(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, env: str, key: str, pk: int) -> Response:
        try:
            rows.delete_row(self.table, pk, by=_person(request))
        except MappingRow.DoesNotExist as error:
            raise Http404 from error
        self.note(f"Deleted row {pk}")
        return Response(status=204)


class PlainText(BaseParser):
    """A CSV body: {"text": …}."""

    media_type = "text/csv"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, str]:
        try:
            return {"text": bytes(stream.read()).decode("utf-8-sig")}
        except UnicodeDecodeError as error:
            raise ApiProblem(400, "not_utf8", "The file is not UTF-8 text.") from error


class TableImport(TableView):
    """Bring a CSV in: all of it or nothing. `dry=1` only says what would happen."""

    actions = {"POST": "table.edit"}
    parser_classes = [PlainText]

    @extend_schema(
        request={"text/csv": OpenApiTypes.STR},
        responses=ImportShape,
        parameters=[OpenApiParameter("dry", bool, description="1 = change nothing.")],
    )
    def post(self, request: Request, env: str, key: str) -> Response:
        dry = request.query_params.get("dry", "") in {"1", "true"}
        text = named_in_body(request, "text")
        try:
            preview = importer.preview_import(self.table, text)
            if preview.ready and not dry:
                preview = importer.apply_import(self.table, text, by=_person(request))
                self.note(f"Imported: {preview.count('new')} new, {preview.count('changed')} changed")
        except importer.ImportRefused as refusal:
            raise ApiProblem(400, "import_refused", str(refusal)) from refusal
        return Response(_preview(preview, applied=preview.ready and not dry))


class TableExport(TableView):
    """The table as CSV; importing it again changes nothing."""

    actions = {"GET": "table.view"}

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, env: str, key: str) -> StreamingHttpResponse:
        response = StreamingHttpResponse(
            importer.export_csv(self.table), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{self.table.key}.csv"'
        return response


def _used_by() -> dict[tuple[int, str], list[str]]:
    """(environment id, table key) → flows whose active release reads the table."""
    used: dict[tuple[int, str], list[str]] = {}
    for environment, flow, plan in Release.objects.filter(active=True).values_list(
        "environment_id", "flow_key", "plan__needs"
    ):
        for key in (plan or {}).get("tables", []):
            used.setdefault((environment, key), []).append(flow)
    return used


def _input(request: Request) -> dict[str, Any]:
    wanted = RowInput(data=request.data)
    wanted.is_valid(raise_exception=True)
    return dict(wanted.validated_data)


def _person(request: Request) -> Any:
    """The user for the row's history; a key acts without one (the audit entry names it)."""
    return request.user if request.user.pk is not None else None


def _refused(refusal: RowRefused) -> ApiProblem:
    errors = [
        {"pointer": _pointer(problem.column), "code": "invalid", "message": problem.sentence}
        for problem in refusal.problems
    ]
    detail = refusal.problems[0].sentence if len(errors) == 1 else f"{len(errors)} things must be corrected."
    return ApiProblem(400, "row_refused", detail, errors=errors)


def _pointer(column: str) -> str:
    if column in {"", "valid_from", "valid_to"}:
        return f"/{column}" if column else ""
    return f"/values/{column}"


def _preview(preview: importer.Preview, *, applied: bool) -> dict[str, Any]:
    refused = [
        {
            "line": line.number,
            "problems": [{"column": one.column, "sentence": one.sentence} for one in line.problems],
        }
        for line in preview.of("refused")
    ]
    counts = {verdict: preview.count(verdict) for verdict in ("new", "changed", "same")}
    return {**counts, "refused": refused, "applied": applied}
