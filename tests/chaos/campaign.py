"""One campaign on one backend: the story is played under mayhem, comes to rest, is decided by a person, and is judged."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.chaos.expected import ledger_of
from tests.chaos.far import Far
from tests.chaos.installation import DEADLINE, Installation
from tests.chaos.mayhem import Mayhem
from tests.chaos.operator import Operator, Waiting
from tests.chaos.story import Deal, Story
from tests.chaos.verdict import Verdict, judged

__all__ = ["Campaign", "Outcome", "StuckError"]

BACKLOG = 40  # runs that may be under way when the next wave is won
TICK = 0.25  # seconds
LOOK_EVERY = 1.0  # seconds between two looks at what is pending
HELP_EVERY = 2.0  # seconds between two looks at what waits for a person
TELL_EVERY = 15.0  # seconds between two lines about what isn't over yet
AT_REST_WITHIN = 300.0  # seconds from the last win, with everything calm
A_MINUTE = 60
HELD_FOR_GOOD = "payload_changed"
EVIDENCE = {
    "events told by webhooks": "SELECT COUNT(*) FROM integrations_event WHERE key LIKE '%:BOX_CHANGE_STAGE'",
    "events found by looking": "SELECT COUNT(*) FROM integrations_event WHERE key LIKE '%:CHANGED'",
    "webhooks that came again": "SELECT COALESCE(SUM(duplicates), 0) FROM integrations_event",
    "attempts cut off by a death": "SELECT COUNT(*) FROM integrations_stepentry WHERE state = 'begun' AND ended_at IS NULL",
    "effects in doubt, then settled": "SELECT COUNT(*) FROM integrations_effect WHERE state = 'confirmed' AND note LIKE 'The %'",
}
"""Proof from the inside that what was done to it had consequences: each must be above 0."""


class StuckError(Exception):
    """Something is still pending long after everything was calm. The text says what."""


@dataclass
class Outcome:
    """What came of it. `faults` counts what really happened; `by_hand` what a person had to do beyond the story, by code."""

    backend: str
    deals: int
    verdict: Verdict
    faults: dict[str, int]
    oldest_pending_s: float
    oldest_reached_s: float
    slowest_start_s: float
    seconds: float
    by_hand: dict[str, int] = field(default_factory=dict)

    @property
    def never_happened(self) -> list[str]:
        return sorted(name for name, count in self.faults.items() if count == 0)

    @property
    def good(self) -> bool:
        return self.verdict.clean and not self.never_happened


class Campaign:
    """Plays one story on one installation."""

    def __init__(self, installation: Installation, story: Story, say: Callable[[str], None]) -> None:
        self._at = installation
        self._story = story
        self._say = say
        self._far = Far(installation.addresses.sandbox_url)
        self._operator = Operator(installation)
        self._mayhem = Mayhem(installation, self._far, story.seed, len(story.deals))
        self._keys: dict[int, str] = {}
        self._second: list[Deal] = []
        self._began = 0.0
        self._looked = self._told = self._helped = time.monotonic()
        self._pending = self._over = 0
        self._oldest = 0.0
        self._by_hand: Counter[str] = Counter()

    def run(self) -> Outcome:
        """Play it to the end. Raises `StuckError` and `NeverReadyError`."""
        self._began = time.monotonic()
        for number, deal in self._story.deals.items():
            self._keys[number] = self._far.add(deal)
        self._say(f"{len(self._keys)} deals are in negotiation.")
        self._mayhem.begin()
        self._under_fire()
        self._say("All is won, and everything has gone wrong at least once; now it is quiet.")
        self._mayhem.end()
        self._come_to_rest()
        self._decide()
        return self._judge()

    # -- the story ----------------------------------------------------------------------------------------------------

    def _under_fire(self) -> None:
        waves = list(self._story.waves)
        count = len(waves)
        deadline = time.monotonic() + AT_REST_WITHIN + 3 * len(self._keys)
        while waves or self._second or not self._mayhem.had_its_way():
            if time.monotonic() > deadline:
                break
            self._look()
            if waves and self._pending < BACKLOG:
                self._win(waves.pop(0))
            if len(waves) <= count // 2:
                self._mayhem.insist()
            self._win_again()
            self._help()
            self._mayhem.act(time.monotonic() - self._began, 1 - len(waves) / count, self._over)
            self._at.tick(TICK)

    def _win(self, wave: Sequence[int]) -> None:
        """All of a wave at the same moment."""
        with ThreadPoolExecutor(len(wave)) as together:
            list(together.map(self._far.win, [self._keys[number] for number in wave]))
        for number in wave:
            deal = self._story.deals[number]
            if deal.plot == "won_twice_at_once":
                self._far.reopen(self._keys[number])
                self._far.win(self._keys[number])
            elif deal.plot != "won":
                self._second.append(deal)

    def _win_again(self) -> None:
        """Deals that were told their invoice are opened and won a second time, some with other lines."""
        for deal in self._second[:BACKLOG]:
            key = self._keys[deal.number]
            if not self._far.told(key):
                continue
            self._second.remove(deal)
            self._far.reopen(key)
            if deal.later:
                self._far.change(key, deal.later)
            self._far.win(key)

    def _look(self) -> None:
        """See what is pending, at most once a second."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        if time.monotonic() - self._told > TELL_EVERY:
            self._told = time.monotonic()
            self._say(self._still_pending())
        pending = self._operator.pending()
        self._pending, self._over = pending.count, pending.over
        self._oldest = max(self._oldest, pending.oldest_s)
        self._far.refusals()
        self._looked = time.monotonic()

    # -- the end ------------------------------------------------------------------------------------------------------

    def _come_to_rest(self) -> None:
        """Wait until nothing goes on by itself any more: no run, no webhook, no late answer, nothing new when looked for."""
        deadline = time.monotonic() + AT_REST_WITHIN
        quiet_since, swept = time.monotonic(), self._operator.sweeps()
        while time.monotonic() - quiet_since < 2 * DEADLINE or self._operator.sweeps() < swept + 2:
            self._at.tick(TICK)
            self._look()
            undelivered = self._far.undelivered()
            if undelivered and not self._pending:
                self._far.advance(
                    A_MINUTE
                )  # deliveries that found the web process down wait for their next attempt
            if undelivered or self._pending or self._help():
                quiet_since, swept = time.monotonic(), self._operator.sweeps()
            if time.monotonic() > deadline:
                raise StuckError(self._still_pending())

    def _reconnect(self) -> bool:
        """An account may be lost when a process dies in the middle of renewing its sign-in; a person connects it again."""
        lost = self._operator.reconnect()
        self._by_hand.update({"account connected again": lost} if lost else {})
        return bool(lost)

    def _help(self) -> bool:
        """What a person does about runs the story doesn't hold: look, and let them go on. Counted, and told at the end."""
        if time.monotonic() - self._helped < HELP_EVERY:
            return False
        self._helped = time.monotonic()
        if self._reconnect():
            return True
        stray = [one for one in self._operator.waiting() if not self._held(one)]
        for one in stray:
            self._by_hand[one.code or one.reason] += 1
            self._operator.retry(one.run)
        if sum(self._by_hand.values()) > len(self._keys):
            held = "\n".join(f"run {one.run} of deal {one.deal}: {one.sentence}" for one in stray)
            raise StuckError(f"Runs wait for a person again and again: {dict(self._by_hand)}\n{held}")
        return bool(stray)

    def _held(self, one: Waiting) -> bool:
        """Whether the story says that this deal waits: it was won again with other amounts."""
        deal = self._story.deals.get(one.deal)
        return one.code == HELD_FOR_GOOD and deal is not None and deal.plot.startswith("changed")

    def _decide(self) -> None:
        """Keep what was made, or have it made again, as the story says. Of a deal made again every other run adopts that."""
        remade: dict[int, int] = {}
        for one in self._operator.waiting():
            plot = self._story.deals[one.deal].plot
            if plot == "changed_kept":
                self._operator.keep(one.run)
            elif plot == "changed_remade" and one.deal not in remade:
                remade[one.deal] = one.run
                self._operator.make_again(one.run)
        self._until_over(list(remade.values()))
        for one in self._operator.waiting():
            if self._story.deals[one.deal].plot == "changed_remade":
                self._operator.retry(one.run)
        self._come_to_rest()

    def _until_over(self, runs: Sequence[int]) -> None:
        deadline = time.monotonic() + AT_REST_WITHIN
        while time.monotonic() < deadline and self._operator.unfinished(runs):
            self._at.tick(TICK)

    def _still_pending(self) -> str:
        rows = self._at.ask(
            "SELECT state, reason, waits_for, suspect, COUNT(*) FROM integrations_run WHERE "
            "state IN ('queued', 'running') OR (state = 'parked' AND reason <> 'person') "
            "GROUP BY state, reason, waits_for, suspect ORDER BY COUNT(*) DESC LIMIT 8"
        )
        groups = ", ".join(" ".join(str(part) for part in row if part) for row in rows)
        counts = f"{self._over} runs are over, {self._pending} pending, {self._far.undelivered()} webhooks under way"
        drains = self._at.ask("SELECT state, COUNT(*) FROM integrations_drain GROUP BY state ORDER BY state")
        resident = ", ".join(f"{number} {state}" for state, number in drains) or "none"
        return f"{time.monotonic() - self._began:.0f} s: {counts}: {groups}; drains: {resident}"

    def _judge(self) -> Outcome:
        waiting = frozenset(one.deal for one in self._operator.waiting())
        verdict = judged(ledger_of(self._story), self._far.books(self._keys, waiting))
        evidence = {name: int(self._at.ask(question)[0][0]) for name, question in EVIDENCE.items()}
        faults = self._mayhem.happened() | evidence
        return Outcome(
            backend=self._at.backend.name,
            deals=len(self._keys),
            verdict=verdict,
            faults=faults,
            oldest_pending_s=round(self._operator.pending().oldest_s, 1),
            oldest_reached_s=round(self._oldest, 1),
            slowest_start_s=round(self._mayhem.slowest_start, 1),
            seconds=round(time.monotonic() - self._began, 1),
            by_hand=dict(self._by_hand),
        )
