"""Runs: the list, one run with its steps, one step with its data, and what changed since."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.large import LargeList
from integrations.api.paging import Keyset
from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenRow
from integrations.api.shapes.runs import (
    RunDetailShape,
    RunShape,
    StepShape,
    TimelineShape,
    run_rows,
    told,
)
from integrations.api.shapes.steps import StepDetailShape, step_detail
from integrations.keyset import newest
from integrations.runs.lane_facts import lanes_called
from integrations.runs.models import Run
from integrations.runs.progress import items_of

__all__ = ["RunDetail", "RunList", "RunRow", "RunStep", "RunTimeline"]

_PATH = OpenApiParameter(
    "path", str, description="The step's path, e.g. each_line[SKU-1]/create. Without it: `node`."
)
_ITEMS = [
    OpenApiParameter("node", str, description="The steps of this node, by pages of {results, next}."),
    OpenApiParameter("state", str, description="Of these, those in this state."),
    OpenApiParameter("key", str, description="Of these, those with this in their path: an item's key."),
    OpenApiParameter("cursor", str),
    OpenApiParameter("limit", int),
]
_AFTER = OpenApiParameter("after", int, description="The sequence number known so far.")


class RunList(ListModelMixin, LargeList):
    """Runs, newest first. `q` is a run's number, its lane's key, or a part of its title (among the newest 200,000)."""

    actions = {"GET": "run.view"}
    serializer_class = RunShape

    def rows(self) -> QuerySet[Run]:
        rows: QuerySet[Run] = run_rows()
        return rows

    def found(self, rows: QuerySet[Run]) -> list[QuerySet[Run]] | None:
        wanted = self.request.query_params
        if wanted.get("q"):
            return _matching(rows, wanted["q"].strip())
        if wanted.get("failure"):
            return [rows.filter(failure=_number(wanted["failure"], "failure"))]
        if wanted.get("lane"):
            return [rows.filter(lane=_number(wanted["lane"], "lane"))]
        states = _states(wanted.get("state", ""))
        if not states or Run.State.SUCCEEDED in states:
            return None
        return [one for state in states for one in self.in_places(rows.filter(state=state))]

    def checked(self) -> dict[str, Any]:
        wanted = self.request.query_params
        conditions: dict[str, Any] = {
            name: _number(wanted[name], name) for name in ("failure", "lane") if wanted.get(name)
        }
        states = _states(wanted.get("state", ""))
        return conditions | ({"state": states} if states else {})

    @extend_schema(
        parameters=[
            OpenApiParameter("flow", str),
            OpenApiParameter("environment", str),
            OpenApiParameter("state", str, description="One state, or several with commas."),
            OpenApiParameter("failure", int),
            OpenApiParameter("lane", int, description="The runs of one record of one flow."),
            OpenApiParameter("q", str),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class RunRow(SeenRow):
    """What the views of one run share."""

    actions = {"GET": "run.view"}
    view_action = "run.view"
    serializer_class = RunShape

    def rows(self) -> QuerySet[Run]:
        rows: QuerySet[Run] = run_rows()
        return rows


class RunDetail(RunRow):
    """One run with its steps, drawn on the release it ran with."""

    serializer_class = RunDetailShape

    def rows(self) -> QuerySet[Run]:
        return Run.objects.select_related("release", "environment").defer("release__plan", "input_edit")

    @extend_schema(responses=RunDetailShape)
    def get(self, _request: Request, pk: int) -> Response:
        return Response(RunDetailShape(self.row).data)


class RunTimeline(RunRow):
    """The steps that changed since a sequence number: what a page asks while the socket is down."""

    @extend_schema(parameters=[_AFTER], responses=TimelineShape)
    def get(self, request: Request, pk: int) -> Response:
        after = _number(request.query_params.get("after", "0"), "after")
        run: Run = self.row
        return Response(TimelineShape(told(run, after)).data)


class RunStep(RunRow):
    """One step with what went in, what came out, its attempts, its HTTP calls and its effect (`path`); or the steps of one
    node, page by page, such as those of a loop's items (`node`)."""

    pagination_class = Keyset
    keyset = ("id",)

    @extend_schema(parameters=[_PATH, *_ITEMS], responses=StepDetailShape)
    def get(self, request: Request, pk: int) -> Response:
        path, node = request.query_params.get("path"), request.query_params.get("node")
        if not path and node:
            return self._items(request, node)
        if not path:
            raise ApiProblem(
                400,
                "invalid",
                "Name the step by its path.",
                errors=[{"pointer": "/path", "code": "required", "message": "Required."}],
            )
        detail = step_detail(pk, path)
        if detail is None:
            raise Http404
        return Response(StepDetailShape(detail).data)

    def _items(self, request: Request, node: str) -> Response:
        wanted = request.query_params
        rows = items_of(self.row.pk, node, wanted.get("state", ""), wanted.get("key", ""))
        return self.get_paginated_response(StepShape(self.paginate_queryset(rows), many=True).data)


def _matching(rows: QuerySet[Run], text: str) -> list[QuerySet[Run]]:
    """By number, by the lane's key, and by a part of the title."""
    found = [rows.filter(lane__in=list(lanes_called(text))), newest(rows).filter(title__icontains=text)]
    is_number = text.isdecimal() and len(text) <= 18  # noqa: PLR2004 - fits 64 bits
    return [rows.filter(pk=int(text)), *found] if is_number else found


def _states(text: str) -> list[str]:
    states = text.split(",") if text else []
    unknown = sorted(set(states) - set(Run.State.values))
    if unknown:
        raise ApiProblem(
            400, "invalid", f"There is no state “{unknown[0]}”. States: {', '.join(Run.State.values)}."
        )
    return states


def _number(text: str, name: str) -> int:
    if not text.isdecimal() or len(text) > 18:  # noqa: PLR2004 - fits 64 bits
        raise ApiProblem(400, "invalid", f"{name} must be a whole number.")
    return int(text)
