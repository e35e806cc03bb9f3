"""Tails: trouble with the database is waited out, and a reader that is too slow is sent away."""

import asyncio
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from integrations.live import consumer, tails
from integrations.live.consumer import LiveConsumer
from integrations.live.protocol import Garbled, read
from integrations.live.tails import Hub
from integrations.live.topics import Frame


class Shaky:
    """A topic whose marks fail now and then."""

    name = "run:7"

    def __init__(self, marks: list[Any]) -> None:
        self._marks = marks

    def snapshot(self) -> Frame:
        return Frame(1, "snapshot", {})

    def since(self, after: int) -> Frame:
        return Frame(after, "steps", {})

    def mark(self) -> Any:
        mark = self._marks.pop(0) if self._marks else "still"
        if isinstance(mark, Exception):
            raise mark
        return mark

    def news(self, before: Any, now: Any) -> Frame:
        return Frame(2, "steps", {"from": before, "to": now})


class Ear:
    """Hears frames."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()

    def tell(self, text: str) -> None:
        self.heard.put_nowait(text)


@pytest.mark.parametrize("trouble", [OperationalError("locked"), InterfaceError("connection closed")])
def test_a_tail_goes_on_after_trouble_with_the_database(
    db: None, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    monkeypatch.setattr(tails, "AFTER_TROUBLE", 0.01)

    async def scene() -> list[str]:
        hub, ear = Hub(), Ear()
        topic: Any = Shaky(["a", trouble, "b"])
        try:
            assert await hub.watch(topic, ear)
            return [await asyncio.wait_for(ear.heard.get(), 5) for _ in range(3)]
        finally:
            await hub.close()

    snapshot, first, second = asyncio.run(scene())
    assert '"snapshot"' in snapshot
    assert '"to":"a"' in first
    assert '"from":"a","to":"b"' in second


def test_who_leaves_while_the_first_look_is_under_way_leaves_nothing_behind(db: None) -> None:
    async def scene() -> bool:
        hub, ear = Hub(), Ear()
        topic: Any = Shaky([])
        try:
            watching = asyncio.create_task(hub.watch(topic, ear))
            await asyncio.sleep(0)
            hub.leave(topic, ear)
            return await watching or bool(hub.watched())
        finally:
            await hub.close()

    assert asyncio.run(scene()) is False


def test_a_reader_that_is_too_slow_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "BACKLOG", 2)
    codes: list[int] = []

    async def scene() -> None:
        slow = LiveConsumer()

        async def close(code: int) -> None:
            codes.append(code)

        slow.close = close
        for number in range(5):
            slow.tell(str(number))
        await asyncio.sleep(0)

    asyncio.run(scene())
    assert set(codes) == {4429}


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", "{}", '{"op": "sub", "topic": "run:1", "after": true}', '{"op": "ping"}' + " " * 3000],
)
def test_what_is_not_part_of_the_protocol_is_garbled(text: str) -> None:
    with pytest.raises(Garbled):
        read(text)
