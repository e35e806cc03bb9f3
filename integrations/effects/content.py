"""What the ledger keeps of a request, as small as it can be: the exact request, and which source record it is about.

What was meant (the payload without our own markers) isn't kept beside it: the operation reads it out of the request. When
retention removes a confirmed effect's request, its hash, amount and result stay.
"""

from collections.abc import Mapping
from typing import NamedTuple

from connectors.sdk import registry
from connectors.sdk.operation import Write
from connectors.sdk.wire import Json, Request
from integrations.effects.models import CrossReference, Effect
from integrations.payloads import codec

__all__ = ["About", "about_of", "coded", "meant", "request_of"]

_ABOUT = "about"


class About(NamedTuple):
    """The source record an effect carries something of: its kind ("streak.box"), its id, and for updates its position."""

    record: str
    id: str
    position: str = ""


def coded(request: Request, about: About) -> bytes:
    """The request for storage; whatever is empty is left out."""
    filled = {name: value for name, value in request.to_json().items() if value not in (None, "", {}, [])}
    return codec.pack({**filled, _ABOUT: list(about)}, klass="request")


def request_of(effect: Effect) -> Request:
    """The exact request that was stored before it was sent. Raises `LookupError` when there is none (any more)."""
    stored = _stored(effect)
    if not stored:
        raise LookupError(f"The request of effect {effect.pk} is not kept any more.")
    return Request.from_json({"path": "", **{name: stored[name] for name in stored if name != _ABOUT}})


def about_of(effect: Effect) -> About:
    """Which source record the effect is about; empty texts when that isn't known. When its request was removed, its
    cross-reference says so."""
    about = effect.about or _stored(effect).get(_ABOUT)
    if about:
        return About(*about)
    if effect.request is None and effect.far_id:
        known = CrossReference.objects.filter(
            far_id=effect.far_id, record=effect.record, account=effect.account, effect=effect.pk
        ).values_list("source_record", "source_id")
        return About(*(known.first() or ("", "")))
    return About("", "")


def meant(effect: Effect) -> Json:
    """The payload without our own markers; None when nothing was sent or the request is not kept any more."""
    if effect.request is None:
        return None
    try:
        operation = registry.operation(effect.operation)
        return operation.unmarked(request_of(effect)) if isinstance(operation, Write) else None
    except LookupError:
        return None


def _stored(effect: Effect) -> Mapping[str, Json]:
    stored = codec.unpack(effect.request)
    return stored if isinstance(stored, dict) else {}
