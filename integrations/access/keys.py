"""API keys: made once, shown once, stored as a hash, revoked at any time."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from integrations.access.actor import Someone, actor_of
from integrations.access.audit import record
from integrations.access.authorise import authorise
from integrations.access.models import ApiKey, Role
from integrations.releases.models import Environment

__all__ = ["issue", "matching", "revoke", "touch"]

TOUCH_EVERY = timedelta(minutes=1)
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def issue(
    name: str,
    roles: Iterable[str],
    environment: Environment | None,
    by: Someone,
    *,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key with these roles in `environment` (None = all); returns it and `prefix.secret`, shown only now.

    Raises PermissionDenied unless `by` may edit access there, ValidationError for an unknown role or none.
    """
    authorise(by, "access.edit", environment, target=f"API key {name}")
    wanted = sorted(set(roles))
    if not wanted or set(wanted) - set(Role.values):
        raise ValidationError(f"An API key needs roles out of: {', '.join(Role.values)}.")
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        secret_hash=_hash(secret),
        environment=environment,
        roles=wanted,
        created_by_id=actor_of(by).user_id,
        expires_at=expires_at,
    )
    record(
        by, "access.edit", f"API key {name}", environment=environment, note="Issued", data={"roles": wanted}
    )
    return key, f"{prefix}.{secret}"


def revoke(key: ApiKey, by: Someone) -> None:
    """End the key at once; revoking it again changes nothing. Raises PermissionDenied."""
    authorise(by, "access.edit", key.environment, target=f"API key {key.name}")
    changed = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        record(by, "access.edit", f"API key {key.name}", environment=key.environment, note="Revoked")
    key.refresh_from_db(fields=["revoked_at"])


def matching(plaintext: str) -> ApiKey | None:
    """The living key that `prefix.secret` opens, or None. Compares in constant time, known prefix or not."""
    prefix, _, secret = plaintext.partition(".")
    key = ApiKey.objects.select_related("environment").filter(prefix=prefix).first()
    genuine = hmac.compare_digest(key.secret_hash if key else "0" * 64, _hash(secret))
    if key is None or not genuine or key.revoked_at is not None:
        return None
    return None if key.expires_at is not None and key.expires_at <= timezone.now() else key


def touch(key: ApiKey) -> None:
    """Note that the key was used, at most once a minute."""
    now = timezone.now()
    if key.last_used_at is not None and key.last_used_at > now - TOUCH_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - TOUCH_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def _hash(secret: str) -> str:
    """A plain SHA-256: the secret has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
