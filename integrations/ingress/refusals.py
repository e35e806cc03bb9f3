"""What was turned away at the door, grouped so that an operator sees "12 calls to an unpublished path"."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from integrations.ingress.models import Endpoint, Refusal
from integrations.ingress.verify import Refused

__all__ = ["note_refusal"]

KEPT_PATHS = 1_000  # distinct unknown paths kept; more are counted together


def note_refusal(request: HttpRequest, path: str, endpoint: Endpoint | None, refused: Refused) -> None:
    """Count this refusal under its endpoint (or unknown path) and reason."""
    now = timezone.now()
    shown = path[:64] if endpoint is not None or not _crowded(path) else "(other paths)"
    remote = request.META.get("REMOTE_ADDR", "")[:64]
    seen = Refusal.objects.filter(path=shown, code=refused.code)
    if seen.update(count=F("count") + 1, last_at=now, remote=remote, sentence=refused.sentence[:300]):
        return
    try:
        with transaction.atomic():
            Refusal.objects.create(
                endpoint=endpoint,
                path=shown,
                code=refused.code,
                status=refused.status,
                sentence=refused.sentence[:300],
                remote=remote,
                first_at=now,
                last_at=now,
            )
    except IntegrityError:
        seen.update(count=F("count") + 1, last_at=now)


def _crowded(path: str) -> bool:
    """A scanner must not fill the table with paths."""
    unknown = Refusal.objects.filter(endpoint=None)
    return unknown.count() >= KEPT_PATHS and not unknown.filter(path=path[:64]).exists()
