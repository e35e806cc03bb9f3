"""The doorbell between machines over Redis: publish by whoever makes something due, subscribe by each drain's process."""

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.utils.crypto import salted_hmac
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from integrations.tasks.doorbell.ringer import Ringer

__all__ = ["Publish"]

logger = logging.getLogger(__name__)
LIMIT = 3.0  # seconds for one command
LOOK_UP = 1.0  # seconds after which a listener looks whether it is to stop
AGAIN = 1.0  # seconds before a broken listener connects anew


class Publish:
    """Rings by PUBLISH. One connection for the process's rings, one per ear."""

    def __init__(self) -> None:
        self._client = _client()
        self._channel = channel()
        self._ringer = Ringer(self._publish, (RedisError, OSError))

    def ring(self) -> None:
        self._ringer.ring()

    def listen(self, heard: Callable[[], None]) -> "Subscriber":
        return Subscriber(heard)

    def _publish(self) -> None:
        self._client.publish(self._channel, "!")


class Subscriber:
    """Listens on a thread of its own until it is closed; after each break it rings once, because it may have missed one."""

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard
        self._closed = threading.Event()
        threading.Thread(target=self._serve, name="subscriber", daemon=True).start()

    def close(self) -> None:
        """The thread ends by itself within a second; what it hears until then goes nowhere."""
        self._closed.set()

    def _serve(self) -> None:
        silent = False
        while not self._closed.is_set():
            try:
                with _client() as client, client.pubsub() as pubsub:
                    pubsub.subscribe(channel())
                    silent = False
                    self._heard()
                    while not self._closed.is_set():
                        said = pubsub.get_message(ignore_subscribe_messages=True, timeout=LOOK_UP)
                        if said is not None:
                            self._heard()
            except (RedisError, OSError) as trouble:
                if not silent:
                    logger.warning("can't hear the doorbell, looking every 2 s instead: %s", trouble)
                silent = True
                self._closed.wait(AGAIN)


def channel() -> str:
    """The installation's own: Redis's channels are shared by all who use one server."""
    return f"interlock:due:{salted_hmac('doorbell', 'channel').hexdigest()[:12]}"


def _client() -> "Redis":
    """A client that fails at once instead of trying again: the sweep makes up for a lost ring."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=LIMIT,
        socket_timeout=LIMIT,
        socket_keepalive=True,
        health_check_interval=10,
        retry=Retry(NoBackoff(), 0),
    )
