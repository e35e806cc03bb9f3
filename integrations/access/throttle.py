"""Throttles sign-in: five wrong passwords in a row for one name from one address, then a quarter of an hour's rest."""

import ipaddress
import math
from datetime import timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from integrations.access.models import SignInFailure

__all__ = ["LIMIT", "REST", "ThrottledBackend", "address_of", "seconds_blocked"]

LIMIT = 5
REST = timedelta(minutes=15)


class ThrottledBackend(ModelBackend):
    """Django's password check behind the throttle, so that every way to sign in (admin, REST) is covered."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The user, or None. Raises PermissionDenied, which ends the attempt, while the name rests."""
        if request is None or username is None:
            return super().authenticate(request, username, password, **kwargs)
        address = address_of(request)
        if not _admit(username, address):
            raise PermissionDenied("Too many wrong passwords. Try again later.")
        user = super().authenticate(request, username, password, **kwargs)
        if user is not None:
            SignInFailure.objects.filter(username=_name(username), address=address).delete()
        return user


def seconds_blocked(request: HttpRequest, username: str) -> int:
    """How long `username` must wait before it may try again from this address; 0 = not at all."""
    row = SignInFailure.objects.filter(username=_name(username), address=address_of(request)).first()
    if row is None or row.count < LIMIT:
        return 0
    return max(0, math.ceil((row.last_at + REST - timezone.now()).total_seconds()))


def address_of(request: HttpRequest) -> str:
    """The caller's address; an IPv6 one as its /64, which one household or server owns whole."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text[:64]
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _admit(username: str, address: str) -> bool:
    """Count this attempt before the password is looked at, so that a burst gets no more tries than a patient caller."""
    now = timezone.now()
    with transaction.atomic():
        row, _ = SignInFailure.objects.select_for_update().get_or_create(
            username=_name(username), address=address, defaults={"last_at": now}
        )
        if row.last_at <= now - REST:
            row.count = 0
        if row.count >= LIMIT:
            return False
        row.count += 1
        row.last_at = now
        row.save(update_fields=["count", "last_at"])
    return True


def _name(username: str) -> str:
    return username.strip().lower()[:150]
