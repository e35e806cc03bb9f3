"""Tails: for each topic that somebody in this process watches, one look at the database every 100 ms, shared by all watchers.

Looks happen on one thread with a database connection of its own, so that the event loop never waits for the database.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol, TypeVar

from django.db import Error as DatabaseTrouble
from django.db import connection

from integrations.database import forget_broken
from integrations.live.protocol import envelope
from integrations.live.topics import Frame, Topic

__all__ = ["HUB", "Hub", "Watcher"]

LOOK_EVERY = 0.1  # seconds; also the least time between two frames of a topic
LOOKING = 5  # a look that takes long (a run with very many steps) is followed by a rest so many times as long
AFTER_TROUBLE = 2.0  # seconds

logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class Watcher(Protocol):
    """Whoever gets a topic's frames."""

    def tell(self, text: str) -> None:
        """Take one frame; must not wait."""


class Hub:
    """The tails of this process: made with the first watcher of a topic, ended with the last."""

    def __init__(self) -> None:
        self._tails: dict[Topic, _Tail] = {}
        self._thread: ThreadPoolExecutor | None = None

    async def ask(self, question: Callable[[], _T]) -> _T:
        """Answer a question to the database on the hub's own thread."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        return await asyncio.get_running_loop().run_in_executor(self._thread, _asked, question)

    async def watch(self, topic: Topic, watcher: Watcher, after: int = 0) -> bool:
        """Tell `watcher` what is there (or what has changed since `after`), then every change. False: nothing is there."""
        tail = self._tails.get(topic)
        if tail is None:
            tail = self._tails[topic] = _Tail(self, topic)
        tail.watchers.append(watcher)
        try:
            frame = await self.ask(partial(topic.since, after) if after else topic.snapshot)
        except DatabaseTrouble:
            self.leave(topic, watcher)
            raise
        if watcher not in tail.watchers:  # it has left meanwhile
            return False
        if frame is None:
            self.leave(topic, watcher)
            return False
        watcher.tell(tail.text(frame))
        tail.begin()
        return True

    def leave(self, topic: Topic, watcher: Watcher) -> None:
        """Stop telling `watcher`; a tail that nobody watches ends."""
        tail = self._tails.get(topic)
        if tail is None or watcher not in tail.watchers:
            return
        tail.watchers.remove(watcher)
        if not tail.watchers:
            del self._tails[topic]
            tail.end()

    async def close(self) -> None:
        """End every tail and give the database connection back."""
        for tail in self._tails.values():
            tail.end()
        self._tails.clear()
        if self._thread is not None:
            await self.ask(_give_back)
            self._thread.shutdown()
            self._thread = None

    def watched(self) -> list[str]:
        """The names of what is watched, for tests and for people who look."""
        return sorted(topic.name for topic in self._tails)


class _Tail:
    """One topic being looked at."""

    def __init__(self, hub: Hub, topic: Topic) -> None:
        self.watchers: list[Watcher] = []
        self._hub = hub
        self._topic = topic
        self._count = 1
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._follow(), name=f"tail {self._topic.name}")

    def end(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def text(self, frame: Frame) -> str:
        return envelope(self._topic.name, frame.seq or self._count, frame.type, frame.data)

    async def _follow(self) -> None:
        """Look, tell, rest. The first look tells whatever changed between the first watcher's snapshot and now."""
        before: Any = None
        while True:
            began = time.monotonic()
            try:
                before, frame = await self._hub.ask(partial(self._look, before))
            except DatabaseTrouble as trouble:
                logger.warning("looking at %s failed; it is tried again: %s", self._topic.name, trouble)
                await asyncio.sleep(AFTER_TROUBLE)
                continue
            if frame is not None:
                self._tell(frame)
            await asyncio.sleep(max(LOOK_EVERY, LOOKING * (time.monotonic() - began)))

    def _look(self, before: Any) -> tuple[Any, Frame | None]:
        now = self._topic.mark()
        if now == before:
            return before, None
        return now, self._topic.news(before, now)

    def _tell(self, frame: Frame) -> None:
        self._count += 1
        text = self.text(frame)
        for watcher in list(self.watchers):
            watcher.tell(text)


def _asked(question: Callable[[], _T]) -> _T:
    """A connection that broke is closed, so that the next question gets a new one."""
    try:
        return question()
    except DatabaseTrouble:
        forget_broken()
        raise


def _give_back() -> None:
    connection.close()


HUB = Hub()
"""This process's."""
