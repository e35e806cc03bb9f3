"""From a status, or a broken exchange, to the failure whose recovery fits. A connector's own `classify` is asked first.

What matters most is a write that may have happened: everything that could be an answer lost after the far system
acted is `OutcomeUnknown`, and nothing else is.
"""

import email.utils
import math
import time
from collections.abc import Mapping
from datetime import UTC
from http import HTTPStatus

from connectors.sdk.errors import (
    Auth,
    Config,
    Conflict,
    Data,
    Failure,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Transient,
)
from connectors.sdk.wire import Request, Response

__all__ = ["classify_answer", "classify_lost", "is_write", "retry_after"]

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_WAIT = 5.0
_LONGEST_WAIT = 86_400.0
_DETAIL = 2_000

_REFUSALS: Mapping[int, tuple[type[Failure], str, str]] = {
    400: (Data, "bad_request", "The far system says the request is not valid."),
    401: (Auth, "unauthorized", "The far system does not accept this connection's sign-in any more."),
    402: (Config, "payment_required", "The far system asks for a paid plan."),
    403: (Config, "forbidden", "This connection lacks the permission for this."),
    404: (NotFound, "not_found", "The far system has no such record."),
    405: (Config, "method_not_allowed", "The far system does not offer this."),
    406: (Config, "not_acceptable", "The far system cannot answer in a form we understand."),
    408: (Transient, "request_timeout", "The far system waited too long for the request."),
    409: (Conflict, "conflict", "The record was changed, or exists, in the far system."),
    410: (NotFound, "gone", "The record is no longer in the far system."),
    412: (Conflict, "precondition", "The record has changed in the far system."),
    413: (Data, "too_large", "The far system says this is too large."),
    415: (Config, "media_type", "The far system does not take this kind of content."),
    422: (Data, "unprocessable", "The far system did not accept this record."),
    423: (Conflict, "locked", "The record is locked in the far system."),
    425: (Transient, "too_early", "The far system asks to try again later."),
    501: (Config, "not_implemented", "The far system does not offer this."),
    505: (Config, "http_version", "The far system does not understand our way of asking."),
}


def is_write(request: Request) -> bool:
    """Whether sending this request twice could matter."""
    return request.method.upper() not in _READS


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds to wait by `Retry-After` (seconds or an HTTP date; `now` = epoch seconds), at most a day, or None."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _until_date(text, time.time() if now is None else now)
    return None if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_WAIT)


def classify_answer(request: Request, response: Response) -> Failure | None:
    """The default table. None for 2xx; for 3xx `Config`, since redirects are never followed."""
    status = response.status
    detail = f"{status}: {response.text[:_DETAIL]}"
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status < HTTPStatus.BAD_REQUEST:
        sentence = "The far system redirects to another address; the base URL is wrong."
        return Config(sentence, code="redirect", detail=detail)
    if status in _REFUSALS:
        failure, code, sentence = _REFUSALS[status]
        return failure(sentence, code=code, detail=detail)
    return _other(request, status, retry_after(response.headers), detail)


def classify_lost(request: Request, *, sent: bool, reason: str) -> Failure:
    """No answer, or not a whole one. `sent`: bytes of the request had left, so that a write may have happened."""
    if sent and is_write(request):
        return OutcomeUnknown(
            "The connection was lost before the far system confirmed; it may or may not have happened.",
            code="answer_lost",
            detail=reason,
        )
    sentence = "The far system did not answer in time." if sent else "The far system could not be reached."
    return Transient(sentence, code="no_answer" if sent else "unreachable", detail=reason)


def _other(request: Request, status: int, wait: float | None, detail: str) -> Failure:
    """429, and server errors: 503 with `Retry-After` is a refusal to start; every other one while writing may have come
    after the deed."""
    code = f"http_{status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = "The far system asks us to slow down."
        return RateLimited(sentence, code="rate_limited", retry_after=wait or _DEFAULT_WAIT, detail=detail)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Data("The far system refused the request.", code=code, detail=detail)
    refused = status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None
    if is_write(request) and not refused:
        sentence = "The far system failed while writing; it may or may not have happened."
        return OutcomeUnknown(sentence, code=code, detail=detail)
    return Transient("The far system has a problem of its own.", code=code, retry_after=wait, detail=detail)


def _until_date(text: str, now: float) -> float:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return float("nan")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp() - now
