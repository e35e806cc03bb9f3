"""The items of a long list that a step gave, a page at a time: its output only has a note of them."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.problems import ApiProblem
from integrations.api.runs import RunRow
from integrations.lists.reading import shown_page

__all__ = ["RunListPage"]

_WHERE = [
    OpenApiParameter("path", str, required=True, description="The step's path, as the note has it."),
    OpenApiParameter("part", str, description="Where in the step's output the list is, as the note has it."),
    OpenApiParameter("page", int, description="Pages count from 0."),
]


class ListPageShape(serializers.Serializer[Any]):
    """Some items: `first` is the place of the first one in the list, `count` and `pages` are the whole list's."""

    count = serializers.IntegerField()
    pages = serializers.IntegerField()
    page = serializers.IntegerField()
    first = serializers.IntegerField()
    items = serializers.ListField(child=serializers.JSONField(allow_null=True))


class RunListPage(RunRow):
    """One page of a long list that a step has given; its output has `{"$list": {path, part, count, pages}}` in its place."""

    @extend_schema(parameters=_WHERE, responses=ListPageShape)
    def get(self, request: Request, pk: int) -> Response:
        wanted = request.query_params
        page = wanted.get("page", "0")
        if not page.isdecimal() or len(page) > 9:  # noqa: PLR2004 - fits 32 bits
            raise ApiProblem(400, "invalid", "page must be a whole number.")
        path = wanted.get("path", "")
        if not path:
            raise ApiProblem(
                400,
                "invalid",
                "Name the step by its path.",
                errors=[{"pointer": "/path", "code": "required", "message": "Required."}],
            )
        found = shown_page(pk, path, wanted.get("part", ""), int(page))
        if found is None:
            raise Http404
        return Response(ListPageShape(found).data)
