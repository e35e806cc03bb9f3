"""Makes payloads small before they are sealed, and whole again.

Payloads of up to 16 KB, which is nearly all, are deflated with words known beforehand (`words.py`): a ready compressor is
copied for each, since making one costs as much as using it. Longer ones have words enough of their own.
"""

import zlib

from integrations.payloads.words import CURRENT, WORDS

__all__ = ["PLAIN", "squeeze", "unsqueeze"]

PLAIN, BY_ITSELF = 0, 1
"""How a payload is stored: as it is, or compressed without words. With the words of number n it is n × 4."""
_PLACE = 2  # bits below the words' number; the second of them is the codec's
_WORTH_IT_OVER = 48  # bytes
_WORDS_UP_TO = 16 * 1024  # bytes
_WINDOW, _MEMORY = (
    -12,
    5,
)  # 4 KB to look back in, raw deflate: what is sealed needs no checksum; 32 KB to copy
_READING_WINDOW = -15  # reads whatever was written with a smaller one
_ready = zlib.compressobj(3, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, WORDS[CURRENT])


def squeeze(plain: bytes) -> tuple[bytes, int]:
    """The payload as short as it gets, and how it is stored."""
    if len(plain) <= _WORTH_IT_OVER:
        return plain, PLAIN
    if len(plain) > _WORDS_UP_TO:
        return zlib.compress(plain, 1), BY_ITSELF
    compressor = _ready.copy()
    short = compressor.compress(plain) + compressor.flush()
    return (short, CURRENT << _PLACE) if len(short) < len(plain) else (plain, PLAIN)


def unsqueeze(short: bytes, how: int) -> bytes:
    """What `squeeze` was given. Raises `KeyError` for words that this version doesn't know."""
    if how == PLAIN:
        return short
    if how == BY_ITSELF:
        return zlib.decompress(short)
    return zlib.decompressobj(_READING_WINDOW, zdict=WORDS[how >> _PLACE]).decompress(short)
