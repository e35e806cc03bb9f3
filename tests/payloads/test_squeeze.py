"""Payloads come back as they were, short ones take less room, and what earlier versions stored stays readable."""

import hashlib
import os
import zlib

import orjson
import pytest

from integrations.payloads.squeeze import BY_ITSELF, PLAIN, squeeze, unsqueeze
from integrations.payloads.words import CURRENT, WORDS

REQUEST = {
    "method": "POST",
    "path": "/sales_invoices",
    "json": {"customer_id": "c17", "currency": "GBP", "lines": [{"quantity": "15", "unit_price": "30.095"}]},
}
PAYLOADS = [
    b"",
    b"null",
    b"{}",
    orjson.dumps(REQUEST),
    b"x" * 48,
    b"x" * 49,
    b"y" * 16_384,
    b"z" * 16_385,
    os.urandom(300),
    orjson.dumps([REQUEST] * 2_000),
]


@pytest.mark.parametrize("plain", PAYLOADS, ids=lambda plain: f"{len(plain)} bytes")
def test_a_payload_comes_back_as_it_was(plain: bytes) -> None:
    short, how = squeeze(plain)
    assert unsqueeze(short, how) == plain
    assert len(short) <= len(plain)


def test_a_short_payload_takes_half_the_room() -> None:
    plain = orjson.dumps(REQUEST)
    assert len(squeeze(plain)[0]) < len(plain) / 2 < len(zlib.compress(plain, 9))


def test_what_does_not_get_shorter_is_left_alone() -> None:
    noise = os.urandom(300)
    assert squeeze(noise) == (noise, PLAIN)


def test_what_was_compressed_without_words_stays_readable() -> None:
    assert unsqueeze(zlib.compress(b"stored long ago", 1), BY_ITSELF) == b"stored long ago"


def test_unknown_words_are_a_key_error() -> None:
    with pytest.raises(KeyError):
        unsqueeze(b"anything", (CURRENT + 1) << 2)


def test_words_are_never_changed() -> None:
    """Stored payloads need exactly these. For better ones add the next number here."""
    assert {number: hashlib.sha256(words).hexdigest()[:16] for number, words in WORDS.items()} == {
        1: "7ea1f58ab19eacc6"
    }
    assert all(len(words) <= 4096 for words in WORDS.values())
