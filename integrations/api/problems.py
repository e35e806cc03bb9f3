"""Errors as `application/problem+json` (RFC 9457): one shape for everything the API refuses, each with a stable code."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied as DjangoPermissionDenied,
)
from django.core.exceptions import (
    ValidationError as DjangoValidationError,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.defaults import server_error as default_server_error
from rest_framework import exceptions
from rest_framework.response import Response

from connectors.sdk.errors import Failure

__all__ = ["ApiProblem", "not_found", "problem_body", "problem_handler", "problem_response", "server_error"]

CONTENT_TYPE = "application/problem+json"

_CODES = {
    400: "invalid",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "changed_meanwhile",
    415: "unsupported_media_type",
    428: "if_match_required",
    429: "too_many_requests",
    500: "internal",
    503: "unavailable",
}
_FAILURE_STATUS = {
    "data": 400,
    "config": 400,
    "table_miss": 400,
    "not_found": 404,
    "conflict": 409,
    "rate_limited": 429,
    "auth": 502,
    "transient": 503,
    "outcome_unknown": 502,
}
_SENTENCES = {
    401: "Sign in, or send an API key.",
    403: "You may not do this here.",
    404: "There is no such thing here, or you may not see it.",
}


class ApiProblem(exceptions.APIException):
    """Something the API refuses. `errors` lists every finding as {pointer, code, message}."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.code = code
        self.errors = errors
        self.extra = dict(extra or {})


def problem_body(
    status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The JSON of a problem. `type` is "about:blank": the code says more than a page would."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return body


def problem_response(request: HttpRequest, status: int, code: str = "", detail: str = "") -> JsonResponse:
    """A problem for plain Django views, outside Django REST framework."""
    body = problem_body(
        status,
        code or _CODES.get(status, "error"),
        detail or _SENTENCES.get(status, HTTPStatus(status).phrase),
    )
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def not_found(request: HttpRequest, **_kwargs: Any) -> JsonResponse:
    """404 for addresses below /api/ and the other doors that nobody answers."""
    return problem_response(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler for what nobody caught: a problem for programs, Django's own page for people."""
    if request.path.startswith("/api/"):
        return problem_response(
            request, HTTPStatus.INTERNAL_SERVER_ERROR, detail="Something went wrong here. It was logged."
        )
    return default_server_error(request)


def problem_handler(exc: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Django REST framework's exception handler. None lets the exception go on (a bug, logged as such)."""
    problem = _problem_of(exc)
    if problem is None:
        return None
    body = (
        problem_body(problem.status_code, problem.code, str(problem.detail), problem.errors) | problem.extra
    )
    return Response(body, status=problem.status_code, headers=_headers(exc), content_type=CONTENT_TYPE)


def _problem_of(exc: Exception) -> ApiProblem | None:
    match exc:
        case ApiProblem():
            found = exc
        case Http404():
            found = ApiProblem(HTTPStatus.NOT_FOUND, "not_found", _SENTENCES[404])
        case DjangoPermissionDenied():
            found = ApiProblem(HTTPStatus.FORBIDDEN, "forbidden", str(exc) or _SENTENCES[403])
        case exceptions.ValidationError():
            found = _invalid(list(_flat(exc.get_full_details(), "")))
        case DjangoValidationError():
            found = _invalid(list(_flat_django(exc)))
        case Failure():
            found = _of_failure(exc)
        case exceptions.APIException():
            found = _from_framework(exc)
        case _:
            return None
    return found


def _of_failure(failure: Failure) -> ApiProblem:
    """A connector's or the runtime's own failure, met while answering a request."""
    errors = [{"pointer": failure.pointer, "code": failure.code, "message": failure.sentence}]
    status = _FAILURE_STATUS.get(failure.kind, HTTPStatus.INTERNAL_SERVER_ERROR)
    return ApiProblem(status, failure.code, failure.sentence, errors=errors if failure.pointer else None)


def _from_framework(exc: exceptions.APIException) -> ApiProblem:
    status = exc.status_code
    detail = _plain(exc) if status == HTTPStatus.FORBIDDEN else _SENTENCES.get(status, str(exc.detail))
    code = _CODES.get(status, str(exc.default_code))
    own = exc.get_codes()
    if isinstance(own, str) and own not in {exc.default_code, "error"}:
        code = own
    return ApiProblem(status, code, detail)


def _plain(exc: exceptions.APIException) -> str:
    """A refusal's own sentence, unless it is only the framework's default."""
    own = str(exc.detail)
    return _SENTENCES[403] if own == str(exceptions.PermissionDenied.default_detail) else own


def _invalid(errors: list[dict[str, Any]]) -> ApiProblem:
    count = len(errors)
    detail = errors[0]["message"] if count == 1 else f"{count} things must be corrected."
    return ApiProblem(400, "invalid", str(detail), errors=errors)


def _flat(details: Any, pointer: str) -> Iterator[dict[str, Any]]:
    """Every finding of the framework's nested details, with a JSON pointer into the request's body."""
    if isinstance(details, list):
        for index, item in enumerate(details):
            nested = isinstance(item, dict) and "message" not in item
            yield from _flat(item, f"{pointer}/{index}" if nested else pointer)
        return
    if set(details) == {"message", "code"} and isinstance(details["code"], str):
        yield {"pointer": pointer, "code": details["code"], "message": str(details["message"])}
        return
    for name, item in details.items():
        step = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
        yield from _flat(item, pointer + step)


def _flat_django(exc: DjangoValidationError) -> Iterator[dict[str, Any]]:
    if hasattr(exc, "error_dict"):
        for name, findings in exc.error_dict.items():
            pointer = "" if name == "__all__" else f"/{name}"
            for finding in findings:
                yield {
                    "pointer": pointer,
                    "code": finding.code or "invalid",
                    "message": " ".join(finding.messages),
                }
        return
    for finding in exc.error_list:
        yield {"pointer": "", "code": finding.code or "invalid", "message": " ".join(finding.messages)}


def _headers(exc: Exception) -> dict[str, str]:
    """What the framework's refusals say in headers: how to sign in, how long to wait."""
    headers: dict[str, str] = {}
    challenge, wait = getattr(exc, "auth_header", None), getattr(exc, "wait", None)
    if challenge:
        headers["WWW-Authenticate"] = str(challenge)
    if wait:
        headers["Retry-After"] = str(max(1, int(wait)))
    return headers
