"""The draft of a flow: read and saved whole, with `ETag` and `If-Match`, so that nobody overwrites what they haven't seen."""

import re
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from designer.api.flows import FlowView
from designer.api.shapes import DraftInput, DraftShape
from designer.drafts import Stale, save_draft
from designer.models import Draft
from integrations.access.actor import actor_of
from integrations.api.problems import ApiProblem
from integrations.catalog import CATALOG
from integrations.engine.compiler import compile_flow

__all__ = ["DraftDetail"]

_ETAG = re.compile(r'(?:W/)?"draft-(\d{1,9})"')
_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag that was read."
)


class DraftDetail(FlowView):
    """The one draft of a flow."""

    actions = {"GET": "flow.view", "PUT": "flow.edit"}
    serializer_class = DraftShape

    @extend_schema(responses=DraftShape)
    def get(self, _request: Request, key: str) -> Response:
        draft = Draft.objects.filter(flow=self.flow(key)).first()
        if draft is None:
            raise Http404
        return _answer(draft)

    @extend_schema(request=DraftInput, responses=DraftShape, parameters=[_IF_MATCH])
    def put(self, request: Request, key: str) -> Response:
        revision = _revision(request)
        wanted = DraftInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        document: dict[str, Any] = wanted.validated_data["document"]
        if document.get("key") != key:
            message = f"The document's key must be “{key}”."
            raise ApiProblem(
                400,
                "invalid",
                message,
                errors=[{"pointer": "/document/key", "code": "other_key", "message": message}],
            )
        try:
            draft = save_draft(self.flow(key), document, revision=revision, by=actor_of(request).name)
        except Stale as stale:
            current = _shape(stale.draft)
            raise ApiProblem(
                412, "changed_meanwhile", str(stale), extra={"current": current, "etag": _etag(stale.draft)}
            ) from stale
        return _answer(draft)


def _revision(request: Request) -> int:
    """The revision of `If-Match`; `*` isn't taken, since it would overwrite unseen changes. "draft-0" = there is none."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise ApiProblem(428, "if_match_required", "Send If-Match with the ETag you have read.")
    found = _ETAG.fullmatch(given)
    if found is None:
        raise ApiProblem(400, "invalid", "If-Match must be the ETag of a draft.")
    return int(found[1])


def _answer(draft: Draft) -> Response:
    return Response(_shape(draft), headers={"ETag": _etag(draft), "Cache-Control": "private, no-cache"})


def _etag(draft: Draft) -> str:
    return f'"draft-{draft.revision}"'


def _shape(draft: Draft) -> Any:
    problems = [problem.to_json() for problem in compile_flow(draft.document, CATALOG).problems]
    return DraftShape(
        {
            "document": draft.document,
            "revision": draft.revision,
            "updated_at": draft.updated_at,
            "updated_by": draft.updated_by,
            "problems": problems,
        }
    ).data
