"""Legal holds: what stands, what they cover, placing and releasing them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from integrations.releases.models import Environment
from integrations.retention.models import Hold
from integrations.retention.policy import Group

__all__ = ["Standing", "place", "release", "standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """All holds that stand now."""

    environments: frozenset[int]
    flows: frozenset[Group]
    runs: frozenset[int]

    def covers(self, group: Group) -> bool:
        """Whether nothing of this flow in this environment may be removed."""
        return group[0] in self.environments or group in self.flows

    def held_runs(self, numbers: Iterable[int]) -> frozenset[int]:
        """Which of these runs are held by themselves."""
        return self.runs.intersection(numbers)


def standing() -> Standing:
    """One small read."""
    rows = list(Hold.objects.filter(released_at=None).values_list("environment_id", "flow_key", "run_number"))
    return Standing(
        environments=frozenset(where for where, flow, run in rows if not flow and run is None),
        flows=frozenset((where, flow) for where, flow, run in rows if flow and run is None),
        runs=frozenset(run for _, _, run in rows if run is not None),
    )


def place(
    environment: Environment, *, reason: str, by: str, flow_key: str = "", run_number: int | None = None
) -> Hold:
    """Keep everything of an environment, of one flow in it, or of one run, until the hold is released."""
    return Hold.objects.create(
        environment=environment,
        flow_key=flow_key,
        run_number=run_number,
        reason=reason[:300],
        placed_by=by[:150],
        placed_at=timezone.now(),
    )


def release(hold: Hold, by: str) -> bool:
    """What was held is removed at its time again. False = it had been released before."""
    standing_one = Hold.objects.filter(pk=hold.pk, released_at=None)
    return bool(standing_one.update(released_at=timezone.now(), released_by=by[:150]))
