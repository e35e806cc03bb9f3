"""What runs ask people: the list of what waits, one question, and the decision."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.access.authorise import authorise
from integrations.api.idempotency import once
from integrations.api.large import LargeList
from integrations.api.problems import ApiProblem
from integrations.api.run_actions import IDEMPOTENCY
from integrations.api.seen import SeenRow
from integrations.api.shapes.approvals import AnswerInput, ApprovalDetailShape, ApprovalShape, approval_rows
from integrations.approvals.decide import NotWaiting, WrongAnswer, decide, decide_action
from integrations.approvals.models import Approval
from integrations.releases.models import Environment

__all__ = ["ApprovalDecide", "ApprovalDetail", "ApprovalList"]


class ApprovalList(LargeList):
    """What runs have asked people, the latest first."""

    actions = {"GET": "approval.view"}
    serializer_class = ApprovalShape

    def rows(self) -> QuerySet[Approval]:
        rows: QuerySet[Approval] = approval_rows().defer("message", "answer", "form")
        return rows

    def found(self, rows: QuerySet[Approval]) -> list[QuerySet[Approval]] | None:
        wanted = self.request.query_params
        if wanted.get("run"):
            return [rows.filter(run_id=_number(wanted["run"]))]
        if wanted.get("state") != Approval.State.WAITING:
            return None
        return self.in_places(rows.filter(state=Approval.State.WAITING))

    def checked(self) -> dict[str, Any]:
        states = self.request.query_params.get("state")
        return {"state": _states(states)} if states else {}

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in ("environment", "state", "flow", "run")],
        responses=ApprovalShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        shape = ApprovalShape(page or [], many=True, context={"request": request})
        return self.get_paginated_response(shape.data)


class ApprovalRow(SeenRow):
    """What the views of one question share."""

    view_action = "approval.view"
    serializer_class = ApprovalDetailShape

    def rows(self) -> QuerySet[Approval]:
        rows: QuerySet[Approval] = approval_rows()
        return rows

    def shown(self, request: Request) -> Response:
        """The question as it is now."""
        one = self.rows().get(pk=self.row.pk)
        return Response(ApprovalDetailShape(one, context={"request": request}).data)


class ApprovalDetail(ApprovalRow):
    """One question with its message, its form and what was decided."""

    actions = {"GET": "approval.view"}

    @extend_schema(responses=ApprovalDetailShape)
    def get(self, request: Request, pk: int) -> Response:
        return self.shown(request)


class ApprovalDecide(ApprovalRow):
    """Approve or reject, once; the run goes on at once. For whoever has the role that was asked."""

    actions = {"POST": "approval.decide"}

    def environment_of(self, request: Request, **kwargs: object) -> Environment | None:
        """The question says which role decides it; a refusal is written to the audit trail here, before anything else."""
        environment = super().environment_of(request, **kwargs)
        authorise(request, decide_action(self.row), environment, target=request.path)
        return environment

    @extend_schema(request=AnswerInput, responses=ApprovalDetailShape, parameters=[IDEMPOTENCY])
    @once
    def post(self, request: Request, pk: int) -> Response:
        wanted = AnswerInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            decide(pk, **wanted.validated_data, by=request)
        except NotWaiting as late:
            code = "already_decided" if late.approval.decided_by else f"approval_{late.approval.state}"
            raise ApiProblem(409, code, str(late)) from late
        except WrongAnswer as wrong:
            errors = [
                {"pointer": f"/answer{pointer}", "code": "invalid", "message": message}
                for pointer, message in wrong.findings
            ]
            raise ApiProblem(400, "invalid", str(wrong), errors=errors) from wrong
        return self.shown(request)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 - digits of the largest key
        raise ApiProblem(400, "invalid", "A run is named by its number.")
    return int(text)


def _states(text: str) -> list[str]:
    states = text.split(",")
    if set(states) - set(Approval.State.values):
        raise ApiProblem(400, "invalid", f"States of a question: {', '.join(Approval.State.values)}.")
    return states
