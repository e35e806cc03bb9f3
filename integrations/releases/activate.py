"""The switch: one release of a flow runs in an environment; activating another ends it in the same transaction."""

from django.db import transaction

from integrations.access.actor import Someone
from integrations.access.audit import record
from integrations.releases.endpoints import close, open_for
from integrations.releases.models import Environment, Release

__all__ = ["SwitchedMeanwhile", "activate", "deactivate"]


class SwitchedMeanwhile(Exception):  # noqa: N818 - named by what happened
    """Somebody else has switched the flow since it was looked at; nothing was changed."""


def activate(release: Release, actor: Someone, *, instead_of: int | None = None) -> Release:
    """Let new events run on `release`; running runs finish on theirs. Endpoints keep their public address.

    `instead_of` is the id of the release that the caller believes is active: if another one is, `SwitchedMeanwhile` is
    raised.
    """
    with transaction.atomic():
        Environment.objects.select_for_update().get(pk=release.environment_id)
        flow = Release.objects.filter(environment_id=release.environment_id, flow_key=release.flow_key)
        former = flow.filter(active=True).first()
        if instead_of is not None and (former is None or former.pk != instead_of):
            raise SwitchedMeanwhile
        flow.filter(active=True).exclude(pk=release.pk).update(active=False)
        Release.objects.filter(pk=release.pk).update(active=True)
        release.active = True
        open_for(release)
        was = f" instead of r{former.number}" if former and former.pk != release.pk else ""
        record(
            actor,
            "release.deploy",
            f"{release.flow_key} r{release.number}",
            environment=release.environment,
            note=f"Activated{was}",
        )
    return release


def deactivate(release: Release, actor: Someone) -> None:
    """Stop taking events for this flow. What runs goes on; endpoints answer as if nothing listened."""
    with transaction.atomic():
        if not Release.objects.filter(pk=release.pk, active=True).update(active=False):
            return
        release.active = False
        close(release)
        record(
            actor,
            "release.deploy",
            f"{release.flow_key} r{release.number}",
            environment=release.environment,
            note="Deactivated",
        )
