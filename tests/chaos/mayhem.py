"""What goes wrong on purpose: which faults are armed, who is killed when, and how often each really happened."""

import random
from collections import Counter
from collections.abc import Callable, Sequence

from tests.chaos.far import Far, FaultArmed
from tests.chaos.installation import Installation

__all__ = ["FAULTS", "Mayhem", "deaths_wanted"]

FAULTS: Sequence[FaultArmed] = (
    FaultArmed("sage50", "slow", 0.2, millis=60),
    FaultArmed("sage50", "error", 0.02),
    FaultArmed("sage50", "unavailable", 0.02),
    FaultArmed("sage50", "lose_answer", 0.05),
    FaultArmed("sage50", "late_commit", 0.04, millis=4000),
    FaultArmed("sage50", "hang", 0.004, millis=4000),
    FaultArmed("streak", "slow", 0.2, millis=40),
    FaultArmed("streak", "error", 0.01),
    FaultArmed("streak", "unavailable", 0.01),
    FaultArmed("streak", "lose_answer", 0.05),
    FaultArmed("streak", "late_commit", 0.04, millis=3500),
    FaultArmed("streak", "hang", 0.003, millis=4000),
    FaultArmed("streak", "duplicate", 0.1),
    FaultArmed("streak", "reorder", 0.05, millis=1500),
    FaultArmed("streak", "drop", 0.04),
    FaultArmed("streak", "delay", 0.04, millis=2000),
)
"""A late commit lands after our first look-up (2 s after the answer was lost), and before a second one may conclude anything."""

BURSTS: Sequence[FaultArmed] = (
    FaultArmed("sage50", "rate_limit", 0.0, millis=1000),
    FaultArmed("streak", "rate_limit", 0.0, millis=1000),
)
"""Struck now and then only: each refusal teaches Interlock a slower pace, and rightly so."""

KILL_EVERY = 3.0  # seconds between two kills of a process that carries runs
PATIENCE = 10.0  # seconds more for a process to end at least one run before the next one is killed
TURN_EVERY = 8.0  # seconds between two kills of another part
DEATHS = 4  # times as many kills at boundaries as are needed: a run that has to wait passes its boundaries again and again
HEAVY_PER_DEALS = 200  # everything dies once for so many deals, at least once


class Mayhem:
    """Acts while the story is played. Each act counts only what it really struck.

    Light acts come by the clock, heavy ones by the progress of the story, so that a slow machine isn't only ever starting.
    """

    def __init__(self, installation: Installation, far: Far, seed: int, deals: int) -> None:
        self._at = installation
        self._far = far
        self._chance = random.Random(seed)  # noqa: S311 - decides who dies next
        self._light: Sequence[tuple[str, Callable[[], int]]] = (
            ("web killed", lambda: self._at.kill_role("web")),
            ("dispatcher killed", lambda: self._at.kill_role("dispatcher")),
            ("tokens expired", self._expire),
            ("worker group killed", lambda: self._at.kill_role("worker")),
            ("broker flushed", self._flush),
        )
        self._heavy: Sequence[tuple[str, Callable[[], int]]] = (
            ("database restarted", self._restart_database),
            ("everything killed", self._kill_everything),
        )
        acts = [name for name, _ in (*self._light, *self._heavy)]
        self.counts: Counter[str] = Counter(dict.fromkeys(["drain killed", *acts], 0))
        self.slowest_start = 0.0
        self._next_kill = KILL_EVERY
        self._over = 0
        self._next_turn = TURN_EVERY
        self._turn = 0
        self._points = _points(2 * max(1, round(deals / HEAVY_PER_DEALS)))
        self._bursts = _points(3 * max(1, round(deals / HEAVY_PER_DEALS)))
        self._heavy_done = 0
        self._deaths_wanted = deaths_wanted(deals)
        self._insisted: set[FaultArmed] = set()

    def begin(self) -> None:
        """Arm every fault, and let processes kill themselves."""
        for fault in FAULTS:
            self._far.arm(fault)
        self._at.start_chance()

    def act(self, now: float, progress: float, over: int) -> None:
        """What is due `now` seconds after the beginning, when `progress` (0 to 1) of the story has been won and `over` runs
        have ended."""
        if now >= self._next_kill and (over > self._over or now >= self._next_kill + PATIENCE):
            self._next_kill = now + KILL_EVERY * self._chance.uniform(0.6, 1.4)
            self._over = over
            self.counts["drain killed"] += self._at.kill_drain(self._chance.choice)
        if now >= self._next_turn:
            name, strike = self._light[self._turn % len(self._light)]
            self._turn += 1
            self.counts[name] += strike()
            self._next_turn = now + TURN_EVERY * self._chance.uniform(0.8, 1.2)
        self._enough_deaths()
        if self._bursts and progress >= self._bursts[0]:
            self._bursts.pop(0)
            for fault in BURSTS:
                self._far.arm_count(fault, 1)
        if self._points and progress >= self._points[0]:
            self._points.pop(0)
            name, strike = self._heavy[self._heavy_done % len(self._heavy)]
            self._heavy_done += 1
            self.counts[name] += strike()

    def _enough_deaths(self) -> None:
        deaths = self._deaths().values()
        if all(deaths) and sum(deaths) > DEATHS * self._deaths_wanted:
            self._at.stop_chance()

    def insist(self) -> None:
        """Let each fault that hasn't struck yet strike for certain, the next time it can; afterwards by chance again."""
        hits = self._far.hits()
        for fault in FAULTS:
            if not hits[fault.name] and fault not in self._insisted:
                self._insisted.add(fault)
                self._far.arm_count(fault, 1)
            elif hits[fault.name] and fault in self._insisted:
                self._insisted.remove(fault)
                self._far.arm(fault)

    def had_its_way(self) -> bool:
        """Whether every act and every fault has struck."""
        hits = self._far.hits()
        return all(self.counts.values()) and all(hits[fault.name] for fault in (*FAULTS, *BURSTS))

    def end(self) -> None:
        """Quiet: no more faults, no more kills."""
        self._at.stop_chance()
        self._far.calm()

    def happened(self) -> dict[str, int]:
        """Every fault that was planned with how often it really happened."""
        hits = self._far.hits()
        faults = {fault.name: hits[fault.name] for fault in (*FAULTS, *BURSTS)}
        return faults | dict(self.counts) | self._deaths() | {"401 answered": self._far.refusals()}

    def _deaths(self) -> dict[str, int]:
        at = self._at.died_at()
        return {
            "killed before a step": at["before"],
            "killed in the middle of a write": at["intended"] + at["during"],
            "killed after the answer": at["sent"],
        }

    def _expire(self) -> int:
        self._far.expire_tokens()
        return 1

    def _flush(self) -> int:
        self._at.backend.flush_broker(self._at.data)
        return 1

    def _restart_database(self) -> int:
        """The server's restart; where the database is a file, everything that has it open dies instead."""
        return 1 if self._at.backend.restart_database() else self._kill_everything()

    def _kill_everything(self) -> int:
        struck = self._at.kill_everything()
        self.slowest_start = max(self.slowest_start, self._at.start())
        return min(struck, 1)


def deaths_wanted(deals: int) -> float:
    """How many kills there should be at each kind of boundary in a story of so many deals."""
    return max(7, 0.03 * deals)


def _points(count: int) -> list[float]:
    """So many points of the story, evenly spread, the first well after its beginning and the last before its end."""
    return [(place + 1) / (count + 1) for place in range(count)]
