"""The process group: starts children in order, restarts those that die, stops them all within seconds."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from integrations.supervisor.child import Child, Running, Sink, spawn
from integrations.supervisor.warm import Warm

__all__ = ["Group", "NotReadyError", "StoppedError"]

READY_WITHIN = 60.0  # seconds a child may take until it does its work
DEATHS_AT_START = 3  # before a child has come up, then it won't
STOP_WITHIN = 10.0  # seconds a child may take to stop before it is killed
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a dead child is started again; doubled each time
STEADY_AFTER = 30.0  # seconds after which a death starts the pauses anew
TICK = 0.1
SHORT_TICK = 0.02  # while something is waited for that takes a moment


class NotReadyError(Exception):
    """A child didn't come up. The text is one sentence for a person."""


class StoppedError(Exception):
    """A signal asked the group to stop."""


class _Member:
    """One child through all its starts."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.running: Running | None = None
        self.started_at = 0.0
        self.again_at = 0.0
        self.pause = FIRST_PAUSE
        self.deaths = 0


class Group:
    """Children of this process. `say` gets one sentence whenever something happens, `sink` the children's lines."""

    def __init__(self, say: Callable[[str], None], sink: Sink, keep_open: Sequence[int] = ()) -> None:
        self._say = say
        self._sink = sink
        self._keep_open = tuple(keep_open)
        self._members: list[_Member] = []
        self._signals = 0
        self._warm: Warm | None = None

    def obey_signals(self) -> None:
        """SIGINT and SIGTERM stop the group; a second one kills it at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def keep_warm(self, env: Mapping[str, str], loads: Sequence[str]) -> None:
        """From now on fork the children that may be, and have just this `env`, from a process that has imported `loads`.

        When there is one already, it imports these as well: children asked for later have them.
        """
        if self._warm is None and Warm.works_here():
            self._warm = Warm(env, self._sink, self._keep_open)
        if self._warm:
            self._warm.load(loads)

    def start(self, children: Sequence[Child]) -> None:
        """Start these and wait until each does its work. Raises `NotReadyError` or `StoppedError`."""
        added = [_Member(child) for child in children]
        self._members += added
        for member in added:
            self._launch(member)
        deadline = time.monotonic() + READY_WITHIN
        for member in added:
            while not self._is_ready(member):
                if member.deaths >= DEATHS_AT_START:
                    raise NotReadyError(f"{member.child.name} can't start; its lines say why.")
                if time.monotonic() > deadline:
                    raise NotReadyError(
                        f"{member.child.name} did not come up within {READY_WITHIN:.0f} seconds."
                    )
                self.tick(SHORT_TICK)

    def finish(self, *children: Child, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Run these to their ends, once, side by side, and do something `meanwhile`.

        Raises `NotReadyError` when one fails, `StoppedError` when a signal comes.
        """
        started: list[Running] = []
        try:
            for child in children:
                started.append(self._spawn(child))
            meanwhile()
            while not all(running.ended() for running in started):
                self.tick(SHORT_TICK)
        finally:
            for running in started:
                running.end()
        for running in started:
            if running.failed():
                raise NotReadyError(f"{running.child.name} {running.ended()}; its lines say why.")

    def tick(self, seconds: float = TICK) -> None:
        """Look after the children for that long. Raises `StoppedError` once a signal came."""
        until = time.monotonic() + seconds
        while True:
            if self._signals:
                raise StoppedError
            for member in self._members:
                self._look_after(member)
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(TICK, left))

    def run(self) -> None:
        """Look after the children until a signal comes."""
        while True:
            try:
                self.tick(60)
            except StoppedError:
                return

    def stop(self) -> None:
        """Stop every child: asked first, killed after 10 seconds or a second signal. Leaves no process behind."""
        patience = self._signals + 1
        for last in (False, True):
            leaving = [m.running for m in reversed(self._members) if m.running and m.child.stops_last is last]
            for running in leaving:
                running.ask_to_stop()
            deadline = time.monotonic() + STOP_WITHIN
            while any(not running.ended() for running in leaving) and time.monotonic() < deadline:
                if self._signals >= patience:
                    break
                time.sleep(0.05)
            for running in leaving:
                if not running.ended():
                    self._say(f"{running.child.name} did not stop in time and is killed.")
                running.end()
        self._members.clear()
        if self._warm:
            self._warm.close()
            self._warm = None

    def pids(self) -> dict[str, int]:
        """The process id of each running child by name."""
        return {member.child.name: member.running.pid for member in self._members if member.running}

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _is_ready(self, member: _Member) -> bool:
        return member.running is not None and not member.running.ended() and member.child.ready()

    def _spawn(self, child: Child) -> Running:
        forked = self._warm.fork(child) if self._warm else None
        return forked or spawn(child, self._sink, self._keep_open)

    def _launch(self, member: _Member) -> None:
        member.running = self._spawn(member.child)
        member.started_at = time.monotonic()

    def _look_after(self, member: _Member) -> None:
        """Start a dead child again after its pause, and say both."""
        now = time.monotonic()
        if member.running is None:
            if now >= member.again_at:
                self._launch(member)
            return
        ended = member.running.ended()
        if not ended:
            return
        member.running.end()
        member.running = None
        member.deaths += 1
        if now - member.started_at > STEADY_AFTER:
            member.pause = FIRST_PAUSE
        self._say(f"{member.child.name} {ended}; it is started again in {member.pause:g} s.")
        member.again_at = now + member.pause
        member.pause = min(member.pause * 2, LONGEST_PAUSE)
