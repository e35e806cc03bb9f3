"""The data keys that seal payloads: made on first use, kept in memory, destroyed to erase a subject."""

import base64
import os
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.db.models.signals import post_migrate
from django.utils import timezone

from integrations.payloads.models import DataKey
from integrations.vault.seal import data_key_aad, seal, unseal

__all__ = ["Key", "by_id", "destroy", "ensure_installation_key", "forget", "of_subject"]

SUBJECT_MEMORY = 10.0
"""Seconds a process may go on using a subject's key that another process has destroyed."""


@dataclass(frozen=True, slots=True)
class Key:
    """A data key ready for use; `cipher` is None once it has been destroyed. `until` is on the monotonic clock."""

    id: int
    cipher: AESGCM | None
    until: float


_by_subject: dict[str, Key] = {}
_by_id: dict[int, Key] = {}


def of_subject(subject: str) -> Key:
    """The key that seals new payloads of `subject` ("" = the installation's), made if there is none."""
    known = _by_subject.get(subject)
    if known is not None and known.until > time.monotonic():
        return known
    row = DataKey.objects.filter(subject=subject, destroyed_at=None).first() or _create(subject)
    key = _opened(row)
    _remember(row.subject, key)
    return key


def by_id(key_id: int) -> Key | None:
    """The key `key_id`, destroyed or not; None if there never was one."""
    known = _by_id.get(key_id)
    if known is not None and known.until > time.monotonic():
        return known
    row = DataKey.objects.filter(pk=key_id).first()
    if row is None:
        return None
    key = _opened(row)
    _remember(row.subject, key)
    return key


def destroy(subject: str) -> int:
    """Erase `subject`: its payloads can never be read again. Returns how many keys were destroyed.

    Raises ValueError for "", the installation's own key.
    """
    if not subject:
        raise ValueError("The installation's data key can't be destroyed.")
    living = DataKey.objects.filter(subject=subject, destroyed_at=None)
    ids = list(living.values_list("pk", flat=True))
    count = living.update(sealed=b"", destroyed_at=timezone.now())
    _by_subject.pop(subject, None)
    for key_id in ids:
        _by_id.pop(key_id, None)
    return count


def forget() -> None:
    """Drop every key from this process's memory; they are read again when needed."""
    _by_subject.clear()
    _by_id.clear()


def ensure_installation_key(*, using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After a migration: have the installation's key committed before anybody packs inside a transaction."""
    app = getattr(_signal.get("app_config"), "label", "")
    if using != DEFAULT_DB_ALIAS or app != "integrations":
        return
    forget()
    if settings.VAULT_KEYS:
        of_subject("")


def _create(subject: str) -> DataKey:
    """Make the subject's key, or take the one that another process made meanwhile."""
    plain = {"key": base64.b64encode(os.urandom(32)).decode()}
    try:
        with transaction.atomic():
            return DataKey.objects.create(subject=subject, sealed=seal(plain, data_key_aad(subject)))
    except IntegrityError:
        return DataKey.objects.get(subject=subject, destroyed_at=None)


def _opened(row: DataKey) -> Key:
    until = time.monotonic() + SUBJECT_MEMORY if row.subject else float("inf")
    if row.destroyed_at is not None:
        return Key(row.pk, None, until)
    secret = unseal(row.sealed, data_key_aad(row.subject)).reveal("key")
    return Key(row.pk, AESGCM(base64.b64decode(secret)), until)


def _remember(subject: str, key: Key) -> None:
    """Keep the key once its row is certain to stay: a key of a transaction rolled back must never seal anything."""

    def keep() -> None:
        _by_id[key.id] = key
        if key.cipher is not None:
            _by_subject[subject] = key

    if connection.in_atomic_block:
        transaction.on_commit(keep)
    else:
        keep()


post_migrate.connect(ensure_installation_key, dispatch_uid="payloads.ensure_installation_key")
