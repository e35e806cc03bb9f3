"""The plan of a release, read once per process: releases are immutable, so a plan can be kept for as long as it is used."""

from collections.abc import Mapping
from functools import lru_cache

from connectors.sdk.wire import Json
from integrations.engine.plan import Plan
from integrations.engine.plan_codec import plan_from_json
from integrations.releases.models import Release

__all__ = ["plan_of", "settings_of"]

KEPT = 256
"""Plans kept per process; the least used go first."""


@lru_cache(maxsize=KEPT)
def plan_of(release_id: int) -> Plan:
    """The compiled flow of a release. Raises `Release.DoesNotExist`."""
    return plan_from_json(Release.objects.values_list("plan", flat=True).get(pk=release_id))


@lru_cache(maxsize=KEPT)
def settings_of(release_id: int) -> Mapping[str, Json]:
    """The flow's settings alone: what the public door needs to know of a release."""
    return Release.objects.values_list("plan__settings", flat=True).get(pk=release_id) or {}
