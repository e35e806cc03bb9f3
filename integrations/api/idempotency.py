"""`Idempotency-Key` on unsafe posts: the same key of the same caller is done once, whatever the network does.

The kept answer is written in the transaction of what the post does: both are there or neither. Two equal posts at the
same time meet on the unique row; the second one answers with the first one's answer.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.access.actor import actor_of
from integrations.api.models import KeptAnswer
from integrations.api.problems import ApiProblem

__all__ = ["KEPT_FOR", "once"]

KEPT_FOR = timedelta(hours=24)
LONGEST = 200  # characters of a key

Handler = Callable[..., Response]


def once(handler: Handler) -> Handler:
    """A view's `post` as one transaction (what is done, its audit entry, its kept answer) that honours `Idempotency-Key`."""

    @wraps(handler)
    def wrapped(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            with transaction.atomic():
                return handler(view, request, *args, **kwargs)
        if len(key) > LONGEST:
            raise ApiProblem(400, "invalid", f"An Idempotency-Key has at most {LONGEST} characters.")
        actor, meaning = actor_of(request).name, _hash(request)
        kept = _kept(actor, key)
        if kept is not None:
            return _answer(kept, meaning)
        try:
            return _first(
                KeptAnswer(actor=actor, key=key, request_hash=meaning),
                lambda: handler(view, request, *args, **kwargs),
            )
        except _DoneMeanwhile:
            return _answer(KeptAnswer.objects.get(actor=actor, key=key), meaning)

    return wrapped


class _DoneMeanwhile(Exception):  # noqa: N818 - not an error: another request was first
    """An equal post has won the unique row."""


def _first(kept: KeptAnswer, act: Callable[[], Response]) -> Response:
    """Take the row, act, keep the answer: one transaction. Whatever `act` raises leaves no trace."""
    with transaction.atomic():
        kept.at = timezone.now()
        KeptAnswer.objects.filter(at__lt=kept.at - KEPT_FOR).delete()
        try:
            with transaction.atomic():
                kept.save(force_insert=True)
        except IntegrityError as error:
            raise _DoneMeanwhile from error
        response = act()
        kept.status, kept.body = response.status_code, json.loads(json.dumps(response.data, default=str))
        kept.save(update_fields=["status", "body"])
    return response


def _kept(actor: str, key: str) -> KeptAnswer | None:
    return KeptAnswer.objects.filter(actor=actor, key=key, at__gte=timezone.now() - KEPT_FOR).first()


def _answer(kept: KeptAnswer, meaning: str) -> Response:
    if kept.request_hash != meaning:
        raise ApiProblem(422, "idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return Response(kept.body, status=kept.status, headers={"Idempotent-Replayed": "true"})


def _hash(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n{body}".encode()).hexdigest()
