"""Seals secrets: AES-256-GCM under the vault keys of the settings, the key's id in the blob, its owner as associated data."""

import base64
import binascii
import functools
import os
from collections.abc import Mapping

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from connectors.sdk.account import Secrets

__all__ = [
    "SealBroken",
    "connection_aad",
    "data_key_aad",
    "endpoint_aad",
    "key_id",
    "new_key",
    "primary_key_id",
    "seal",
    "unseal",
]

VERSION = 1
NONCE = 12  # bytes
KEY = 32  # bytes
MAX_KEY_ID = 32  # characters


class SealBroken(Exception):  # noqa: N818 - named by what it is
    """A sealed value can't be opened: its key is unknown, it was changed, or it belongs to something else."""


def connection_aad(connection_pk: object) -> str:
    """What binds sealed secrets to their connection."""
    return f"connection:{connection_pk}"


def endpoint_aad(endpoint_pk: object) -> str:
    """What binds a sealed webhook secret (`{"token": …}`) to its endpoint."""
    return f"endpoint:{endpoint_pk}"


def data_key_aad(subject: str) -> str:
    """What binds a data key to its subject ("" = the installation)."""
    return f"data-key:{subject}"


def new_key(name: str) -> str:
    """A fresh `name:<base64 of 32 bytes>` for the setting INTERLOCK_VAULT_KEYS."""
    return f"{name}:{base64.b64encode(os.urandom(KEY)).decode()}"


def seal(plain: Mapping[str, str], aad: str) -> bytes:
    """Seal named secret values with the first vault key; only `unseal` with the same `aad` opens them.

    Layout: version, length of the key's id, the id, 12 bytes of nonce, ciphertext with tag.
    """
    name = primary_key_id()
    header = bytes((VERSION, len(name))) + name.encode()
    nonce = os.urandom(NONCE)
    sealed = _ciphers()[name].encrypt(nonce, orjson.dumps(dict(plain)), header + aad.encode())
    return header + nonce + sealed


def unseal(blob: bytes | memoryview, aad: str) -> Secrets:
    """Open what `seal` made. An empty blob holds no secrets. Raises SealBroken with a sentence that names the key."""
    raw = bytes(blob)
    if not raw:
        return Secrets({})
    name = key_id(raw)
    cipher = _ciphers().get(name)
    if cipher is None:
        raise SealBroken(f"INTERLOCK_VAULT_KEYS has no key {name}, which sealed this value.")
    header, rest = raw[: 2 + len(name)], raw[2 + len(name) :]
    try:
        plain = cipher.decrypt(rest[:NONCE], rest[NONCE:], header + aad.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"The value sealed with vault key {name} was changed or moved ({aad}).") from error
    return Secrets(orjson.loads(plain))


def key_id(blob: bytes | memoryview) -> str:
    """The id of the vault key that sealed `blob`, or SealBroken if it isn't one of ours."""
    raw = bytes(blob)
    if len(raw) < 2 + NONCE or raw[0] != VERSION or not 0 < raw[1] <= MAX_KEY_ID:
        raise SealBroken("This isn't a sealed value.")
    return raw[2 : 2 + raw[1]].decode("ascii", "replace")


def primary_key_id() -> str:
    """The id of the key that seals new values: the first of the setting."""
    return next(iter(_ciphers()))


def _ciphers() -> dict[str, AESGCM]:
    return _parsed(settings.VAULT_KEYS)


@functools.lru_cache(maxsize=4)
def _parsed(setting: str) -> dict[str, AESGCM]:
    """`k2:<base64>,k1:<base64>` as ciphers by id, in order. Raises ImproperlyConfigured in a sentence."""
    ciphers: dict[str, AESGCM] = {}
    for part in filter(None, (item.strip() for item in setting.split(","))):
        name, _, text = part.partition(":")
        if not name or len(name) > MAX_KEY_ID or not name.isascii() or name in ciphers:
            raise ImproperlyConfigured(f"INTERLOCK_VAULT_KEYS: {name[:40]!r} can't be the name of a key.")
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY:
            raise ImproperlyConfigured(f"INTERLOCK_VAULT_KEYS: key {name} must be {KEY} bytes in base64.")
        ciphers[name] = AESGCM(key)
    if not ciphers:
        raise ImproperlyConfigured("INTERLOCK_VAULT_KEYS isn't set, so nothing can be sealed or opened.")
    return ciphers
