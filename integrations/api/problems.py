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
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from connectors.sdk.errors import Failure

__all__ = ["ApiProblem", "problem_body", "problem_handler", "problem_response"]

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
    if isinstance(exc, ApiProblem):
        return exc
    if isinstance(exc, Http404):
        return ApiProblem(404, "not_found", _SENTENCES[404])
    if isinstance(exc, DjangoPermissionDenied):
        return ApiProblem(403, "forbidden", _SENTENCES[403])
    if isinstance(exc, exceptions.ValidationError):
        return _invalid(list(_flat(exc.get_full_details(), "")))
    if isinstance(exc, DjangoValidationError):
        return _invalid(list(_flat_django(exc)))
    if isinstance(exc, Failure):
        errors = (
            [{"pointer": exc.pointer, "code": exc.code, "message": exc.sentence}] if exc.pointer else None
        )
        return ApiProblem(_FAILURE_STATUS.get(exc.kind, 500), exc.code, exc.sentence, errors=errors)
    if isinstance(exc, exceptions.APIException):
        return _from_framework(exc)
    return None


def _from_framework(exc: exceptions.APIException) -> ApiProblem:
    status = exc.status_code
    detail = _SENTENCES.get(status, str(exc.detail)) if status != 403 else _plain(exc)
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
    headers: dict[str, str] = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(exc.auth_header)
    if getattr(exc, "wait", None):
        headers["Retry-After"] = str(max(1, int(exc.wait)))
    return headers
