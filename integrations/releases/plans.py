"""The plan of a release, read once per process: releases are immutable, so a plan can be kept for as long as it is used."""

from functools import lru_cache

from integrations.engine.plan import Plan
from integrations.engine.plan_codec import plan_from_json
from integrations.releases.models import Release

__all__ = ["plan_of"]

KEPT = 256
"""Plans kept per process; the least used go first."""


@lru_cache(maxsize=KEPT)
def plan_of(release_id: int) -> Plan:
    """The compiled flow of a release. Raises `Release.DoesNotExist`."""
    return plan_from_json(Release.objects.values_list("plan", flat=True).get(pk=release_id))
