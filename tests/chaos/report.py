"""What a campaign says at its end: a table for people, one line of JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from tests.chaos.campaign import Outcome

__all__ = ["as_json", "told"]

MOST_SENTENCES = 20


def told(outcome: Outcome) -> Iterator[str]:
    """The table of one backend, and the three numbers."""
    yield f"{outcome.backend}: {outcome.deals} deals in {outcome.seconds:.0f} s"
    for name, count in outcome.faults.items():
        mark = "   <- never happened, so nothing was proved" if count == 0 else ""
        yield f"  {name:<34}{count:>6}{mark}"
    yield f"  {'oldest run on its way':<34}{outcome.oldest_reached_s:>6.1f} s"
    yield f"  {'oldest pending at the end':<34}{outcome.oldest_pending_s:>6.1f} s"
    yield f"  {'slowest start after a kill of all':<34}{outcome.slowest_start_s:>6.1f} s"
    if outcome.by_hand:
        yield f"  {'sent on by a person':<34}  {outcome.by_hand}"
    for sentence in outcome.verdict.sentences[:MOST_SENTENCES]:
        yield f"  {sentence}"
    verdict = outcome.verdict
    yield f"{outcome.backend}: lost {verdict.lost} doubled {verdict.doubled} wrong {verdict.wrong}"


def as_json(outcomes: Sequence[Outcome], seed: int) -> str:
    """One line over all backends: sums, the worst age, and each fault's count by backend."""
    sums: Counter[str] = Counter()
    for one in outcomes:
        sums.update(
            deals=one.deals, lost=one.verdict.lost, doubled=one.verdict.doubled, wrong=one.verdict.wrong
        )
    found = {
        **{name: sums[name] for name in ("deals", "lost", "doubled", "wrong")},
        "oldest_pending_s": max((one.oldest_pending_s for one in outcomes), default=0.0),
        "seed": seed,
        "by_hand": {one.backend: one.by_hand for one in outcomes},
        "faults": {one.backend: one.faults for one in outcomes},
    }
    return json.dumps(found)
