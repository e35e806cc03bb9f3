"""Where a release's events come in: one endpoint per (environment, flow, trigger node), kept from release to release.

A webhook's endpoint listens at its public address, a poll's looks, a schedule's waits for its next due instant.
"""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.catalog import CATALOG
from integrations.engine.plan import Step
from integrations.engine.plan_codec import plan_from_json
from integrations.failures.looking import works_again
from integrations.ingress.models import Endpoint
from integrations.polling import arrange as polling
from integrations.releases.models import Release
from integrations.schedules import arrange as schedules
from integrations.vault.seal import endpoint_aad, seal

__all__ = ["close", "open_for", "reserve"]

KINDS = ("webhook", "poll", "schedule")
"""The kinds of trigger that have an endpoint; the others start by a call of ours."""


def reserve(release: Release) -> list[Endpoint]:
    """Make the addresses this release needs and doesn't have yet. They answer nothing before the release is activated."""
    return [_endpoint(release, step) for step in _listening(release)]


def open_for(release: Release) -> list[Endpoint]:
    """Let the release's endpoints listen, look or wait, as its trigger nodes say; those that it has no node for are closed.

    Raises `Config` when the trigger of a poll isn't installed any more.
    """
    with transaction.atomic():
        opened = [_open(release, step) for step in _listening(release)]
        _silence(_of_flow(release).exclude(pk__in=[one.pk for one in opened]))
    return opened


def close(release: Release) -> None:
    """The flow's endpoints stop listening, looking and waiting; they are kept for the next release."""
    with transaction.atomic():
        _silence(_of_flow(release))


def _open(release: Release, step: Step) -> Endpoint:
    endpoint = _endpoint(release, step)
    follows = (endpoint.kind, endpoint.trigger, endpoint.config)
    for name, value in {**_listens_to(step.params), **_listening_now()}.items():
        setattr(endpoint, name, value)
    endpoint.save()
    anew = follows != (endpoint.kind, endpoint.trigger, endpoint.config)
    _arrange(endpoint, release, step, timezone.now(), anew=anew)
    return endpoint


def _arrange(endpoint: Endpoint, release: Release, step: Step, now: datetime, *, anew: bool) -> None:
    """Set the clock or the poll of the endpoint, and stop what it was before."""
    if endpoint.kind == "schedule":
        zone = schedules.zone_for(step.params, release.plan.get("settings") or {})
        schedules.arrange(endpoint, step.params, zone, now)
    else:
        schedules.withdraw([endpoint.pk])
    if endpoint.kind == "poll":
        polling.arrange(endpoint, step.params, now, anew=anew)
    else:
        polling.rest([endpoint.pk])
    if endpoint.paused_at is not None:  # by a person, who also has it go on
        schedules.withdraw([endpoint.pk])
        polling.rest([endpoint.pk])


def _silence(endpoints: QuerySet[Endpoint]) -> None:
    closed = list(endpoints.values_list("pk", flat=True))
    Endpoint.objects.filter(pk__in=closed).update(**_silent_now())
    schedules.withdraw(closed)
    polling.rest(closed)
    for endpoint in Endpoint.objects.filter(pk__in=closed, kind="poll"):
        works_again(endpoint)


def _listening_now() -> dict[str, object]:
    """Open, and a drain tells the far system where to call."""
    return {"active": True, "announce_at": timezone.now()}


def _silent_now() -> dict[str, object]:
    """Closed, and a drain tells the far system to call no more."""
    return {"active": False, "announce_at": timezone.now()}


def _of_flow(release: Release) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(environment_id=release.environment_id, flow_key=release.flow_key)


def _listening(release: Release) -> Iterator[Step]:
    """The trigger steps that have an endpoint. Read from the row itself: it may not be committed yet, and what
    `plan_of` has once read it keeps."""
    for step in plan_from_json(release.plan).steps:
        kind = CATALOG.node_type(step.type)
        if kind is not None and kind.category == "trigger" and step.params.get("kind") in KINDS:
            yield step


def _endpoint(release: Release, step: Step) -> Endpoint:
    """The address of this trigger node; a new one gets an unguessable path and a token of its own."""
    endpoint, made = Endpoint.objects.get_or_create(
        environment_id=release.environment_id,
        flow_key=release.flow_key,
        node=step.id,
        defaults={"path": secrets.token_urlsafe(24), "active": False, **_listens_to(step.params)},
    )
    if made:
        endpoint.sealed_secret = seal({"token": secrets.token_urlsafe(32)}, endpoint_aad(endpoint.pk))
        endpoint.save(update_fields=["sealed_secret"])
    return endpoint


def _listens_to(params: Mapping[str, Json]) -> dict[str, Json]:
    trigger = str(params.get("trigger", ""))
    return {
        "kind": str(params.get("kind", "webhook")),
        "connector": trigger.partition(".")[0],
        "trigger": trigger,
        "config": dict(params.get("settings", {})),
    }
