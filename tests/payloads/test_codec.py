"""What is stored comes back unchanged, stays unreadable without its key, and is gone once its subject is erased."""

import os
import threading
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from django.db import connection, transaction

from integrations.payloads import codec, keys
from integrations.payloads.codec import (
    ERASED,
    INLINE_LIMIT,
    Unreadable,
    digest,
    pack,
    store,
    unpack,
    unpack_all,
)
from integrations.payloads.models import DataKey, Payload

pytestmark = pytest.mark.django_db

SMALL = {"name": "Acme", "lines": [{"price": "30.095", "quantity": "15"}], "paid": False, "note": None}
VALUES: list[Any] = [
    None,
    True,
    0,
    -(2**63),
    2**64 - 1,
    0.1,
    "",
    "Grüße, 株式会社 🎉",
    [],
    {},
    SMALL,
    {"long": "x" * 10_000},
]


@pytest.mark.parametrize("value", VALUES)
def test_a_packed_value_comes_back_unchanged(value: Any) -> None:
    assert unpack(pack(value, klass="step")) == value
    assert unpack(memoryview(pack(value, klass="event"))) == value


def test_nothing_unpacks_to_nothing() -> None:
    assert unpack(None) is None


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Decimal("1.10"), "Decimal"),
        ({"at": datetime(2026, 5, 1, tzinfo=UTC)}, "datetime"),
        ({"set": {1}}, "set"),
        ({1: "number as name"}, "str"),
        (2**64, "64-bit"),
    ],
)
def test_what_is_not_json_is_refused_by_name(value: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        pack(value, klass="step")


def test_the_stored_form_shows_nothing_of_the_value() -> None:
    blob = pack({"customer": "Acme Holdings", "filler": "y" * 500}, klass="exchange")
    assert b"Acme" not in blob
    assert b"customer" not in blob


def test_a_long_value_is_compressed() -> None:
    value = {"lines": ["the same text again"] * 500}
    assert len(pack(value, klass="step")) < len(orjson.dumps(value)) / 10


@pytest.mark.parametrize("at", [1, 2, 6, 7, 30, -1])
def test_a_changed_byte_is_noticed(at: int) -> None:
    blob = bytearray(pack(SMALL, klass="step"))
    blob[at] ^= 1
    with pytest.raises(Unreadable):
        unpack(bytes(blob))


@pytest.mark.parametrize("blob", [b"", b"short", b"\x02" + b"0" * 40])
def test_what_the_codec_did_not_write_is_refused(blob: bytes) -> None:
    with pytest.raises(Unreadable):
        unpack(blob)


def test_a_value_over_the_limit_stands_in_its_own_row() -> None:
    value = {"noise": os.urandom(INLINE_LIMIT).hex()}
    blob, payload = store(value, "step")
    assert len(blob) < 100
    assert payload is not None
    with pytest.raises(Unreadable, match="removed"):
        unpack(blob)
    payload.save(force_insert=True)
    assert unpack(blob) == value


def test_a_value_under_the_limit_needs_no_row() -> None:
    blob, payload = store(SMALL, "step")
    assert payload is None
    assert unpack(blob) == SMALL


def test_many_references_are_read_in_one_query(django_assert_num_queries: Any) -> None:
    values = [{"n": n, "noise": os.urandom(INLINE_LIMIT).hex()} for n in range(3)]
    stored = [store(value, "step") for value in values]
    Payload.objects.bulk_create(payload for _, payload in stored if payload is not None)
    blobs = [blob for blob, _ in stored]
    with django_assert_num_queries(1):
        assert unpack_all([*blobs, None, pack(1, klass="step")]) == [*values, None, 1]


def test_erasing_a_subject_erases_its_payloads_and_no_others() -> None:
    hers, ours = pack(SMALL, klass="event", subject="person:7"), pack(SMALL, klass="event")
    large, payload = store({"n": os.urandom(INLINE_LIMIT).hex()}, "event", "person:7")
    assert payload is not None
    payload.save(force_insert=True)
    assert keys.destroy("person:7") == 1
    assert unpack(hers) == ERASED
    assert unpack(large) == ERASED
    assert unpack(ours) == SMALL
    assert unpack(pack(SMALL, klass="event", subject="person:7")) == SMALL
    assert unpack(hers) == ERASED


def test_the_installations_own_key_cannot_be_destroyed() -> None:
    with pytest.raises(ValueError, match="installation"):
        keys.destroy("")


def test_an_erasure_in_another_process_takes_hold_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SUBJECT_MEMORY", 0.0)
    blob = pack(SMALL, klass="event", subject="person:8")
    DataKey.objects.filter(subject="person:8").update(sealed=b"", destroyed_at=datetime.now(UTC))
    assert unpack(blob) == ERASED


def test_a_digest_knows_values_not_their_order() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest([1, 2]) != digest([2, 1])
    assert digest({"a": 1}) != digest({"a": "1"})
    assert len(digest(None)) == 64


@pytest.mark.django_db(transaction=True)
def test_a_key_of_a_transaction_rolled_back_seals_nothing_later() -> None:
    class UndoneError(Exception):
        pass

    def undone() -> None:
        with transaction.atomic():
            pack(SMALL, klass="event", subject="person:9")
            raise UndoneError

    with pytest.raises(UndoneError):
        undone()
    assert not DataKey.objects.filter(subject="person:9").exists()
    blob = pack(SMALL, klass="event", subject="person:9")
    keys.forget()
    assert unpack(blob) == SMALL


@pytest.mark.django_db(transaction=True)
def test_threads_that_need_a_new_key_together_make_one() -> None:
    blobs: list[bytes] = []
    gate = threading.Barrier(12)

    def work() -> None:
        gate.wait()
        blobs.append(pack(SMALL, klass="event", subject="person:10"))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert DataKey.objects.filter(subject="person:10").count() == 1
    keys.forget()
    assert unpack_all(blobs) == [SMALL] * 12


def test_threads_share_a_cipher_without_mixing_values() -> None:
    wrong: list[object] = []
    keys.of_subject("")

    def work(number: int) -> None:
        for turn in range(300):
            value = {"who": number, "turn": turn, "text": "z" * (turn * 7)}
            if unpack(pack(value, klass="step")) != value:
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_reference_cannot_be_forged_from_an_inline_value() -> None:
    blob = bytearray(pack(str(uuid.uuid4()), klass="step"))
    blob[1] |= codec.REFERENCE
    with pytest.raises(Unreadable):
        unpack(bytes(blob))
