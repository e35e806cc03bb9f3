"""Telling the server what came of its jobs: in order, from the outbox, for as long as it takes."""

import logging
import random
import threading

from connectors.agent.cloud import Cloud, NotAccepted, NotOurs, NotUnderstood, Unreachable
from connectors.agent.journal import Journal, Letter

log = logging.getLogger(__name__)


class Backoff:
    """Waiting times that double up to a limit, with a random part so that many agents do not come back together."""

    def __init__(self, first_s: float = 1.0, most_s: float = 60.0) -> None:
        self._first_s, self._most_s = first_s, most_s
        self._times = 0

    def next_s(self) -> float:
        longest = min(self._first_s * float(2**self._times), self._most_s)
        self._times = min(self._times + 1, 30)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing

    def worked(self) -> None:
        self._times = 0


class Delivery:
    """Empties the outbox whenever `wake` is set."""

    def __init__(self, cloud: Cloud, journal: Journal, backoff: Backoff) -> None:
        self._cloud = cloud
        self._journal = journal
        self._backoff = backoff
        self.wake = threading.Event()
        self.wake.set()

    def deliver(self) -> bool:
        """Tell one letter. False when there is none. Raises `Unreachable` or `NotAccepted`; the letter then stays."""
        letter = self._journal.next_letter()
        if letter is None:
            return False
        try:
            self._tell(letter)
        except NotOurs:
            log.info("job %s is no longer this agent's", letter.job_id)
            self._journal.forget_job(letter.job_id)
        except NotUnderstood as refusal:
            log.warning("job %s: %s", letter.job_id, refusal)
            self._journal.forget_job(letter.job_id)
        else:
            self._journal.delivered(letter)
        return True

    def run(self, stop: threading.Event) -> None:
        """The thread's body."""
        while not stop.is_set():
            self.wake.clear()
            try:
                while not stop.is_set() and self.deliver():
                    self._backoff.worked()
            except (Unreachable, NotAccepted) as problem:
                log.info("answers wait: %s", problem)
                stop.wait(self._backoff.next_s())
                continue
            self.wake.wait(1.0)

    def _tell(self, letter: Letter) -> None:
        tell = {"chunk": self._cloud.chunk, "complete": self._cloud.complete, "fail": self._cloud.fail}
        tell[letter.kind](letter.job_id, letter.body)
