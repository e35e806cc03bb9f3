"""The public door: find the endpoint in the database, verify, store events and runs in one transaction, answer 200.

1. look the endpoint up (no route table in memory); 2. check size, type and JSON; 3. let the connector verify its token;
4. let it read 1..n arrivals; 5. store and queue; 6. answer 200, because providers retry anything else.
"""

import logging
from functools import partial

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connectors.sdk.errors import Failure
from connectors.sdk.trigger import Delivery
from integrations.ingress.door import Door, door
from integrations.ingress.intake import take_in
from integrations.ingress.refusals import note_refusal
from integrations.ingress.together import Together
from integrations.ingress.verify import Refused, read_body, verify

__all__ = ["receive"]

logger = logging.getLogger(__name__)
TOGETHER = Together()
"""One for the process: webhooks that come at the same time share a commit."""
UNKNOWN = Refused(404, "unknown_path", "Nothing listens at this path.")
NOT_ACTIVE = Refused(503, "not_active", "This flow has no active release here. Activate one first.")


@csrf_exempt
@require_POST
def receive(request: HttpRequest, path: str) -> HttpResponse:
    """POST /in/<path>/ from a far system. 200 = every arrival is stored, or was stored before."""
    found = door(path)
    try:
        if found is None:
            raise UNKNOWN
        return _accept(request, found)
    except Refused as refused:
        logger.warning("refused a call to %s: %s", path, refused.code)
        note_refusal(request, path, found.endpoint if found else None, refused)
        return _problem(refused)


def _accept(request: HttpRequest, found: Door) -> HttpResponse:
    raw, body = read_body(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    trigger = verify(found.endpoint, headers)
    if found.release_id is None:
        raise NOT_ACTIVE
    try:
        arrivals = trigger.read(Delivery(headers, body), found.endpoint.config)
        events = TOGETHER.run(partial(take_in, found.endpoint, arrivals, raw, found.release_id))
    except Failure as failure:
        raise Refused(400, failure.code, failure.sentence) from failure
    return JsonResponse({"accepted": len(events), "repeated": len(arrivals) - len(events)})


def _problem(refused: Refused) -> HttpResponse:
    body = {
        "type": f"urn:interlock:problem:{refused.code}",
        "title": refused.sentence,
        "status": refused.status,
        "detail": refused.sentence,
        "code": refused.code,
    }
    return JsonResponse(body, status=refused.status, content_type="application/problem+json")
