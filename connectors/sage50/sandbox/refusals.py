"""How Sage refuses: an array of errors with `$dataCode`, `$message` and `$source`; plain OAuth errors at the token endpoint."""

from typing import NoReturn

from connectors.sdk.sandbox.http import RefusedError, Reply
from connectors.sdk.wire import Json

__all__ = ["Problems", "lost", "refusal", "refuse", "unknown_record"]


def _error(message: str, code: str, source: str = "") -> Json:
    return {"$severity": "error", "$dataCode": code, "$message": message, "$source": source}


def refuse(status: int, code: str, message: str, source: str = "") -> NoReturn:
    """Answer one error."""
    raise RefusedError(Reply([_error(message, code, source)], status))


def unknown_record() -> NoReturn:
    """No such record."""
    refuse(404, "RecordNotFound", "The requested record could not be found")


def lost(reason: str) -> Reply:
    """An unknown path, or a known one with another method."""
    if reason == "method":
        return Reply([_error("The HTTP method is not allowed here", "UnexpectedError")], 405)
    return Reply([_error("The requested resource could not be found", "RecordNotFound")], 404)


def refusal(kind: str, millis: int) -> Reply:
    """The answers of the fault switches."""
    if kind == "rate_limit":
        headers = {"Retry-After": str(-(-millis // 1000))}
        return Reply([_error("Rate limit exceeded", "UnexpectedError")], 429, headers)
    if kind == "refuse":
        return Reply([_error("The access token is invalid or has expired", "AuthorizationFailure")], 401)
    if kind == "unavailable":
        return Reply([_error("The service is unavailable", "UnexpectedError")], 503)
    return Reply([_error("An unexpected error occurred", "UnexpectedError")], 500)


class Problems:
    """Collects what is wrong with a record, to refuse it as a whole."""

    def __init__(self, record: str) -> None:
        self._record = record
        self._found: list[Json] = []

    def add(self, path: str, message: str) -> None:
        """Note a problem at `path` ("date", "invoice_lines[0].tax_amount") of the record."""
        self._found.append(_error(message, "RecordInvalid", f"{self._record}.{path}"))

    def check(self) -> None:
        """Refuse with 422 if anything was noted."""
        if self._found:
            raise RefusedError(Reply(list(self._found), 422))
