"""The public door: find the endpoint in the database, verify, store events and runs in one transaction, answer 200.

1. look the endpoint up (no route table in memory); 2. check size, type and JSON; 3. let the connector verify its token;
4. let it read 1..n arrivals; 5. store and queue; 6. answer 200, because providers retry anything else.
"""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connectors.sdk.errors import Failure
from connectors.sdk.trigger import Delivery
from integrations.ingress.intake import take_in
from integrations.ingress.models import Endpoint
from integrations.ingress.refusals import note_refusal
from integrations.ingress.verify import Refused, read_body, verify

__all__ = ["receive"]

logger = logging.getLogger(__name__)
UNKNOWN = Refused(404, "unknown_path", "Nothing listens at this path.")


@csrf_exempt
@require_POST
def receive(request: HttpRequest, path: str) -> HttpResponse:
    """POST /in/<path>/ from a far system. 200 = every arrival is stored, or was stored before."""
    endpoint = (
        Endpoint.objects.filter(path=path, kind="webhook", active=True).select_related("environment").first()
    )
    try:
        if endpoint is None:
            raise UNKNOWN
        return _accept(request, endpoint)
    except Refused as refused:
        logger.warning("refused a call to %s: %s", path, refused.code)
        note_refusal(request, path, endpoint, refused)
        return _problem(refused)


def _accept(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    raw, body = read_body(request)
    trigger = verify(endpoint, request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        arrivals = trigger.read(Delivery(headers, body), endpoint.config)
        events = take_in(endpoint, arrivals, raw)
    except Failure as failure:
        status = 503 if failure.code == "not_active" else 400
        raise Refused(status, failure.code, failure.sentence) from failure
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
