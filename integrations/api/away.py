"""While the database is away, whoever asks gets 503 and when to come back, instead of a page about an error."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from integrations.api.problems import problem_response, server_error
from integrations.database import AWAY, forget_broken

__all__ = ["DatabaseAway", "away_response", "failed"]

logger = logging.getLogger(__name__)
RETRY_AFTER = 5  # seconds
SENTENCE = "The database can't be reached right now. Nothing was lost; try again in a few seconds."
FOR_PROGRAMS = ("/api/", "/in/", "/readyz")


class DatabaseAway:
    """Middleware for what views raise; `failed` does the same for what fails around them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, AWAY):
            return None
        logger.warning("answered %s %s with 503: %s", request.method, request.path, problem)
        return away_response(request)


def away_response(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After. The pool forgets its broken connections, so that the next request gets a good one."""
    forget_broken()
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response: HttpResponse
    if request.path.startswith(FOR_PROGRAMS):
        response = problem_response(request, status, detail=SENTENCE)
    else:
        response = HttpResponse(SENTENCE, status=status, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler for what nobody caught, also outside the views, such as reading the session."""
    return away_response(request) if isinstance(sys.exception(), AWAY) else server_error(request)
