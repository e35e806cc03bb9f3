"""Streak's keys: base64url of an App Engine datastore key, so opaque, long and with a common beginning."""

import base64
import secrets

__all__ = ["PREFIX", "is_key", "new_key"]

_MORE = 0x80
_APP = b"j\x0cs~mailfoogae"
PREFIX = "agxzfm1haWxmb29nYWVy"
"""What every key starts with."""


def new_key(kind: str, owner: str = "team@harlow-finch.example") -> str:
    """A fresh key of `kind` ("Case" for a box, "Workflow" for a pipeline …) under an organization."""
    organization = b"\x12\x0cOrganization" + _text(0x22, owner)
    entity = _text(0x12, kind) + b"\x18" + _varint(secrets.randbits(52))
    path = b"\x0b" + organization + b"\x0c\x0b" + entity + b"\x0c"
    return base64.urlsafe_b64encode(_APP + b"r" + _varint(len(path)) + path).rstrip(b"=").decode()


def is_key(text: str) -> bool:
    """Whether `text` could be a key at all."""
    return text.startswith(PREFIX) and len(text) > len(PREFIX)


def _text(tag: int, text: str) -> bytes:
    encoded = text.encode()
    return bytes([tag]) + _varint(len(encoded)) + encoded


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= _MORE:
        out.append(number & 0x7F | _MORE)
        number >>= 7
    out.append(number)
    return bytes(out)
