"""Runs: the list, one run with its steps, one step with its data, and what changed since."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.problems import ApiProblem
from integrations.api.seen import SeenList, SeenRow
from integrations.api.shapes.runs import (
    RunDetailShape,
    RunShape,
    TimelineShape,
    latest_steps,
    run_rows,
    step_rows,
)
from integrations.api.shapes.steps import StepDetailShape, step_detail
from integrations.runs.lane_facts import lanes_called
from integrations.runs.models import Run

__all__ = ["RunDetail", "RunList", "RunRow", "RunStep", "RunTimeline"]

_PATH = OpenApiParameter(
    "path", str, required=True, description="The step's path, e.g. each_line[SKU-1]/create."
)
_AFTER = OpenApiParameter("after", int, description="The sequence number known so far.")


class RunList(ListModelMixin, SeenList):
    """Runs, newest first. `q` is a run's number, a part of its title or its lane's key."""

    actions = {"GET": "run.view"}
    serializer_class = RunShape

    def rows(self) -> QuerySet[Run]:
        wanted = self.request.query_params
        rows: QuerySet[Run] = run_rows()
        if wanted.get("flow"):
            rows = rows.filter(flow_key=wanted["flow"])
        if wanted.get("state"):
            rows = rows.filter(state__in=_states(wanted["state"]))
        if wanted.get("failure"):
            rows = rows.filter(failure=_number(wanted["failure"], "failure"))
        if wanted.get("lane"):
            rows = rows.filter(lane=_number(wanted["lane"], "lane"))
        return rows.filter(_matching(wanted["q"])) if wanted.get("q") else rows

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
        steps = latest_steps(step_rows(pk, after))
        return Response(TimelineShape({"run": run, "seq": run.seq, "steps": steps}).data)


class RunStep(RunRow):
    """One step with what went in, what came out, its attempts, its HTTP calls and its effect."""

    @extend_schema(parameters=[_PATH], responses=StepDetailShape)
    def get(self, request: Request, pk: int) -> Response:
        path = request.query_params.get("path")
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


def _matching(text: str) -> Q:
    title = Q(title__icontains=text.strip()) | Q(lane__in=lanes_called(text.strip()))
    return title | Q(pk=int(text)) if text.isdecimal() and len(text) <= 18 else title  # noqa: PLR2004 - fits 64 bits


def _states(text: str) -> list[str]:
    states = text.split(",")
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
