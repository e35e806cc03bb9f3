"""An effect is identified by what it means: far account + record kind + identity (DESIGN §3.3)."""

import hashlib
import uuid
from functools import lru_cache

from connectors.sdk.operation import Mark

__all__ = ["FIELD_LIMIT", "fitting", "mark_of", "token_of"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no letter that looks like a digit
NAMESPACE = uuid.UUID("6f2f3d3a-0f2b-4d6b-9c55-1c7a0f6f1e11")
FIELD_LIMIT = 300
"""Characters of an identity that the ledger keeps; a longer one ends in a digest of all of it."""


def fitting(key: str) -> str:
    """The key as the ledger keeps it: as it is, or shortened so that different keys stay different."""
    if len(key) <= FIELD_LIMIT:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: FIELD_LIMIT - len(digest) - 1]}#{digest}"


@lru_cache(maxsize=4096)
def mark_of(account: str, record: str, identity: str, generation: int) -> Mark:
    """The same token and guid on every attempt of one effect generation."""
    meaning = "\x1f".join((account, record, identity, str(generation)))
    return Mark(token=token_of(meaning), guid=uuid.uuid5(NAMESPACE, meaning).hex)


def token_of(meaning: str) -> str:
    """16 characters: 15 of a hash and one checksum, so that a mistyped token is noticed."""
    number = int.from_bytes(hashlib.sha256(meaning.encode()).digest()[:10], "big")
    digits = []
    for _ in range(15):
        number, digit = divmod(number, 32)
        digits.append(digit)
    checksum = sum((place + 1) * digit for place, digit in enumerate(digits)) % 31
    return "".join(ALPHABET[digit] for digit in [*digits, checksum])
