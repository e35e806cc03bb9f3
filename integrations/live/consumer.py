"""One browser tab's socket: signs in by its session, asks `authorise` for every topic, passes frames on."""

import asyncio
from functools import partial
from importlib import import_module
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from integrations.access.actor import ANONYMOUS, Actor, actor_of
from integrations.live.protocol import FORBIDDEN, SIGN_IN, SLOW_DOWN, Ask, Garbled, envelope, read
from integrations.live.tails import HUB, Hub
from integrations.live.topics import Topic, topic_for

__all__ = ["LiveConsumer"]

BACKLOG = 200
"""Frames that may wait for a slow reader."""
MOST_TOPICS = 50
LOOK_AGAIN = 30.0
"""Seconds after which the session and every topic's permission are looked at again."""


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """`/ws/v1/`. Close codes: 4401 sign in, 4403 forbidden, 4429 slow down."""

    hub: Hub = HUB

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._topics: dict[str, Topic] = {}
        self._waiting: asyncio.Queue[str] = asyncio.Queue(BACKLOG)
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self) -> None:
        await self.accept()
        actor = await self._actor()
        if not actor.signed_in:
            await self.close(SIGN_IN)
            return
        self._tasks = [asyncio.create_task(self._send_waiting()), asyncio.create_task(self._look_again())]

    async def disconnect(self, code: int) -> None:
        del code
        for topic in self._topics.values():
            self.hub.leave(topic, self)
        self._topics.clear()
        for task in self._tasks:
            task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        del bytes_data
        try:
            ask = read(text_data or "")
        except Garbled as garbled:
            self.tell(envelope("", 0, "error", {"code": "garbled", "message": str(garbled)}))
            return
        if ask.op == "ping":
            self.tell(envelope("", 0, "pong", None))
        elif ask.op == "unsub":
            self._unsubscribe(ask.topic)
        else:
            await self._subscribe(ask)

    def tell(self, text: str) -> None:
        """Take one frame. A reader that is too slow is sent away: it comes back with `after` and misses nothing."""
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self._tasks.append(asyncio.create_task(self.close(SLOW_DOWN)))

    async def _subscribe(self, ask: Ask) -> None:
        if len(self._topics) >= MOST_TOPICS and ask.topic not in self._topics:
            await self.close(SLOW_DOWN)
            return
        actor = await self._actor()
        try:
            topic = await self.hub.ask(partial(topic_for, ask.topic, actor))
        except PermissionDenied:
            await self.close(FORBIDDEN if actor.signed_in else SIGN_IN)
            return
        self._unsubscribe(ask.topic)
        self._topics[ask.topic] = topic
        if not await self.hub.watch(topic, self, ask.after):
            self._topics.pop(ask.topic, None)

    def _unsubscribe(self, name: str) -> None:
        topic = self._topics.pop(name, None)
        if topic is not None:
            self.hub.leave(topic, self)

    async def _send_waiting(self) -> None:
        while True:
            await self.send(text_data=await self._waiting.get())

    async def _look_again(self) -> None:
        """Whoever has signed out, or lost a role, stops hearing."""
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            actor = await self._actor()
            if not actor.signed_in:
                await self.close(SIGN_IN)
                return
            if not await self.hub.ask(partial(_still_allowed, list(self._topics), actor)):
                await self.close(FORBIDDEN)
                return

    async def _actor(self) -> Actor:
        """Whoever the session cookie says it is, read anew each time."""
        session = self.scope.get("session")
        key = getattr(session, "session_key", None)
        return await self.hub.ask(partial(_actor_of_session, key))


def _actor_of_session(key: str | None) -> Actor:
    if not key:
        return ANONYMOUS
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    return ANONYMOUS if isinstance(user, AnonymousUser) else actor_of(user)


def _still_allowed(names: list[str], actor: Actor) -> bool:
    try:
        for name in names:
            topic_for(name, actor)
    except PermissionDenied:
        return False
    return True
