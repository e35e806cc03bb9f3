"""How many days each class of data is kept after its run has ended: the flow says, else its environment, else the installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from integrations.memory import remembered
from integrations.releases.models import Environment, Release
from integrations.retention.models import Klass

__all__ = ["LONGEST", "NAMES", "Group", "Kept", "Policy", "changed", "policies", "policy_for"]

LONGEST = 36_500
"""Days; as good as for ever."""
NAMES: Mapping[Klass, str] = {klass: f"{klass.value}_days" for klass in Klass}
"""What each class's days are called in settings of flows and environments."""

Group = tuple[int, str]
"""An environment's id and a flow's key."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days, and who says so: "flow", "environment" or "installation"."""

    days: int
    says: str


Policy = Mapping[Klass, Kept]


def policies() -> Mapping[Group, Policy]:
    """The policy of every flow that was ever released somewhere, by environment and flow. Remembered for a minute."""
    return _policies()


def policy_for(group: Group) -> Policy:
    """The policy of one flow in one environment."""
    return _policies().get(group) or _policy({}, {})


def changed() -> None:
    """Somebody changed a policy: this process asks anew."""
    _policies.forget()


@remembered(seconds=60.0)
def _policies() -> Mapping[Group, Policy]:
    environments = dict(Environment.objects.values_list("pk", "retention"))
    newest = Release.objects.order_by("active", "number")  # the active release comes last, else the newest
    said: dict[Group, Any] = {}
    for environment_id, flow_key, retention in newest.values_list(
        "environment_id", "flow_key", "plan__settings__retention"
    ):
        said[environment_id, flow_key] = retention
    return {
        group: _policy(of_flow or {}, environments.get(group[0]) or {}) for group, of_flow in said.items()
    }


def _policy(of_flow: Mapping[str, Any], of_environment: Mapping[str, Any]) -> Policy:
    """Calls are never kept longer than their steps, and nothing longer than its run."""
    asked = {klass: _kept(NAMES[klass], of_flow, of_environment) for klass in Klass}
    runs = asked[Klass.RUNS]
    steps = _at_most(asked[Klass.STEPS], runs)
    return {
        Klass.EXCHANGES: _at_most(asked[Klass.EXCHANGES], steps),
        Klass.STEPS: steps,
        Klass.EVENTS: _at_most(asked[Klass.EVENTS], runs),
        Klass.RUNS: runs,
    }


def _kept(name: str, of_flow: Mapping[str, Any], of_environment: Mapping[str, Any]) -> Kept:
    for says, days in (("flow", of_flow.get(name)), ("environment", of_environment.get(name))):
        if isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= LONGEST:
            return Kept(days, says)
    return Kept(int(settings.RETENTION[name]), "installation")


def _at_most(one: Kept, other: Kept) -> Kept:
    return one if one.days <= other.days else other
