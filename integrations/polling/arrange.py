"""A release is activated or stopped: its poll begins, goes on from its mark, begins anew, or rests."""

from collections.abc import Mapping
from datetime import datetime

from connectors.sdk import registry
from connectors.sdk.errors import Config
from connectors.sdk.trigger import PollTrigger
from connectors.sdk.wire import Json
from integrations.engine.recurrence import UNITS
from integrations.ingress.models import Endpoint
from integrations.polling.models import PollState

__all__ = ["arrange", "poll_trigger", "rest"]


def arrange(endpoint: Endpoint, params: Mapping[str, Json], now: datetime, *, anew: bool) -> PollState:
    """Have the endpoint look from now on, inside the caller's transaction.

    It goes on from its mark, so that what changed while it rested is found. `anew`: it looks at something else than before,
    and begins like a new one: with what changes from now on, or with all there is if the node says `existing`.
    """
    fresh: dict[str, Json] = {
        "high_water": None if params.get("existing") else now,
        "sweep_started": None,
        "next_water": None,
        "cursor": "",
        "boundary": {},
        "seen": {},
        "sweep_new": 0,
    }
    on: dict[str, Json] = {
        "interval": _seconds(endpoint.trigger, params),
        "next_at": now,
        "lease": "",
        "lease_until": None,
        "failures": 0,
        "note": "",
    }
    begins = {**on, **fresh}
    state, _ = PollState.objects.update_or_create(
        endpoint=endpoint, defaults=begins if anew else on, create_defaults=begins
    )
    return state


def rest(endpoint_ids: list[int]) -> None:
    """These endpoints look no more; whoever looks at this moment finds that it isn't wanted."""
    PollState.objects.filter(endpoint__in=endpoint_ids).update(next_at=None, lease="", lease_until=None)


def poll_trigger(trigger_id: str) -> PollTrigger:
    """Raises `Config` when it isn't installed, or doesn't poll."""
    try:
        found = registry.trigger(trigger_id)
    except KeyError as gone:
        raise Config(f"The trigger {trigger_id} is not installed here.", code="trigger_gone") from gone
    if not isinstance(found, PollTrigger):
        raise Config(
            f"The trigger {trigger_id} is called; it doesn't look by itself.", code="trigger_no_poll"
        )
    return found


def _seconds(trigger_id: str, params: Mapping[str, Json]) -> int:
    every = params.get("every")
    length = UNITS[every["unit"]] * every["n"] if every else poll_trigger(trigger_id).every
    return int(length.total_seconds())
