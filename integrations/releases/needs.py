"""Who needs a slot or a variable of an environment: its active releases, and the releases that unfinished runs are on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.db.models import Exists, OuterRef, Q

from integrations.releases.models import Environment, Release
from integrations.runs.models import Run

__all__ = ["Need", "needs_of", "who_needs"]

Kind = Literal["slots", "variables"]


@dataclass(frozen=True, slots=True)
class Need:
    """`by` needs the slot or variable `key`; `connector` is the system a slot is for, "" for a variable."""

    key: str
    by: str
    connector: str = ""


def needs_of(environment: Environment, kind: Kind) -> list[Need]:
    """What the environment's releases need of `kind`, ordered by key."""
    unfinished = Run.objects.filter(release=OuterRef("pk"), state__in=Run.UNFINISHED)
    releases = (
        Release.objects.filter(Q(active=True) | Q(Exists(unfinished)), environment=environment)
        .order_by("flow_name", "-number")
        .only("flow_name", "number", "active", "plan")
    )
    return sorted((need for one in releases for need in _needs(one, kind)), key=lambda need: need.key)


def who_needs(environment: Environment, kind: Kind, key: str) -> list[str]:
    """Who would stop without the slot or variable `key`, in words."""
    return [need.by for need in needs_of(environment, kind) if need.key == key]


def _needs(release: Release, kind: Kind) -> Iterator[Need]:
    state = "active" if release.active else "with runs that are not finished"
    by = f"{release.flow_name} r{release.number}, {state}"
    found = release.plan.get("needs", {}).get(kind) or {}
    for key in found:
        yield Need(key, by, str(found[key] or "") if isinstance(found, dict) else "")
