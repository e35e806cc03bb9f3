"""Is this delivery genuine, readable and small enough? Every refusal has a status, a code and a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from connectors.sdk import registry
from connectors.sdk.errors import Data
from connectors.sdk.trigger import WebhookTrigger
from connectors.sdk.wire import Json
from integrations.engine.expressions.numbers import load
from integrations.ingress.models import Endpoint
from integrations.vault.seal import unseal

__all__ = ["Refused", "endpoint_secret", "read_body", "verify"]

JSON_TYPES = {"application/json", "text/json"}


@dataclass(frozen=True, slots=True)
class Refused(Exception):  # noqa: N818 - it is what happened to the call
    """The call is turned away; nothing is run."""

    status: int
    code: str
    sentence: str


def read_body(request: HttpRequest) -> tuple[bytes, Json]:
    """The raw body and its JSON. Raises `Refused` 413, 415 or 400; the size is checked before anything is read."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isdigit() or int(declared) > settings.WEBHOOK_MAX_BYTES:
        raise _too_large()
    kind = (request.content_type or "").lower()
    if kind not in JSON_TYPES and not kind.endswith("+json"):
        raise Refused(415, "wrong_type", f"Send JSON (application/json), not {kind or 'an untyped body'}.")
    raw = request.read(settings.WEBHOOK_MAX_BYTES + 1)
    if len(raw) > settings.WEBHOOK_MAX_BYTES:
        raise _too_large()
    try:
        return raw, load(raw)
    except Data as error:
        raise Refused(400, "not_json", error.sentence) from error


def _too_large() -> Refused:
    return Refused(413, "too_large", f"The body is larger than {settings.WEBHOOK_MAX_BYTES:,} bytes.")


def verify(endpoint: Endpoint, headers: Mapping[str, str]) -> WebhookTrigger:
    """The connector's own check of this delivery, in constant time; `headers` are lower-cased. Raises `Refused` 401."""
    try:
        trigger = registry.trigger(endpoint.trigger)
    except KeyError as gone:
        raise Refused(503, "trigger_gone", f"The trigger {endpoint.trigger} is not installed here.") from gone
    if not isinstance(trigger, WebhookTrigger):
        raise Refused(404, "unknown_path", "Nothing listens at this path.")
    if not trigger.verify(headers, endpoint_secret(endpoint)):
        raise Refused(401, "wrong_token", "The delivery's token is missing or wrong.")
    return trigger


def endpoint_secret(endpoint: Endpoint) -> str:
    """The token the far system sends with every delivery to this endpoint."""
    return unseal(bytes(endpoint.sealed_secret), f"endpoint:{endpoint.pk}").reveal("token")
