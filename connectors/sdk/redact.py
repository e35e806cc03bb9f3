"""Keeping secrets out of everything that is recorded: by value, in the forms they travel in, and by field name."""

import base64
import json
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

import orjson

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json

__all__ = ["REDACTED", "Redactor", "redacted"]

REDACTED = "***"

_SECRET_FIELDS = frozenset(
    [
        "access_token",
        "refresh_token",
        "id_token",
        "client_secret",
        "client_assertion",
        "password",
        "passwd",
        "secret",
        "api_key",
        "apikey",
        "authorization",
        "token",
        "code_verifier",
        "x-api-key",
        "x-streak-webhook-token",
        "set-cookie",
        "cookie",
    ]
)
_AS_KEYS = tuple(f'"{name}":' for name in sorted(_SECRET_FIELDS))
_SHORTEST = 4
"""A value shorter than this is too common to be found by value; its field is still covered by name."""


class Redactor:
    """Replaces the given secret values, and their base64, URL-encoded and JSON-escaped forms, by `***`."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        forms: set[str] = set()
        for value in values:
            if len(value) >= _SHORTEST:
                forms |= _forms(value)
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` without secret values."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, REDACTED)
        return text

    def json(self, value: Json) -> Json:
        """A JSON value without secret values, and with the contents of fields named like a secret replaced.

        Most exchanges hold neither: one look at the whole text spares a walk through the value, which is then given
        back as it is.
        """
        if value is None:
            return None
        try:
            text = orjson.dumps(value).decode()
        except TypeError:
            return self._walk(value, clean=False)
        clean = not any(form in text for form in self._forms)
        if clean and not _names_a_secret(text.lower()):
            return value
        return self._walk(value, clean=clean)

    def _walk(self, value: Json, *, clean: bool) -> Json:
        if isinstance(value, str):
            return value if clean else self.text(value)
        if isinstance(value, dict):
            return {
                str(name) if clean else self.text(str(name)): REDACTED
                if str(name).lower() in _SECRET_FIELDS and inner not in (None, "")
                else self._walk(inner, clean=clean)
                for name, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._walk(inner, clean=clean) for inner in value]
        return value


def redacted(failure: Failure, redactor: Redactor) -> Failure:
    """The same failure, without secret values in anything it says."""
    failure.sentence = redactor.text(failure.sentence)
    failure.args = (failure.sentence,)
    failure.detail = redactor.text(failure.detail)
    failure.info = redactor.json(failure.info)
    return failure


def _names_a_secret(text: str) -> bool:
    """Whether a field of this (lower-cased) JSON text is named like a secret."""
    return any(name in text for name in _AS_KEYS)


@lru_cache(maxsize=64)
def _forms(value: str) -> frozenset[str]:
    """How a secret may look on its way; kept for the few secrets in use, since every call needs them."""
    raw = value.encode()
    forms = {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
    forms.add(json.dumps(value, ensure_ascii=False)[1:-1])
    for data in (raw, raw + b":", raw + b":" + raw):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            forms.add(encode(data).decode())
            forms.add(encode(data).decode().rstrip("="))
    return frozenset(forms)
