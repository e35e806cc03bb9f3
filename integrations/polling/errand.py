"""What a drain does between runs: a page or two of one poll that is due, and a page of one backfill."""

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from connectors.sdk.errors import Failure, RateLimited
from connectors.sdk.trigger import CursorLost
from integrations.failures.looking import looking_failed
from integrations.polling import backfill, sweep
from integrations.polling.arrange import poll_trigger
from integrations.polling.backoff import waiting_time
from integrations.polling.fetch import Bug
from integrations.polling.lease import LeaseLost, take
from integrations.polling.models import PollState

__all__ = ["poll_due"]

logger = logging.getLogger(__name__)
PAGES = 2  # of one poll, before others have their turn


def poll_due(owner: str = "") -> int:
    """Look at one endpoint that is due, and carry one backfill on. How many pages were looked at; 0 = nothing was due.

    `owner` is the drain that does it.
    """
    return _look(timezone.now(), owner) + backfill.carry_one_on(timezone.now(), owner)


def _look(now: datetime, owner: str) -> int:
    state = take(PollState, now, owner)
    if state is None:
        return 0
    pages = 0
    try:
        while pages < PAGES:
            pages += 1
            if not sweep.carry_on(state, poll_trigger(state.endpoint.trigger), timezone.now()):
                break
            state.refresh_from_db()
    except LeaseLost:
        logger.info("the poll of %s was taken over or stopped meanwhile", state.endpoint)
    except IntegrityError:
        logger.info("the poll of %s met its backfill at the same record; it looks again", state.endpoint)
    except Failure as failure:
        _put_off(state, failure, timezone.now())
    except (TypeError, ValueError) as bug:
        sentence = "What was found can't be stored. Please report it with the log."
        _put_off(state, Bug(sentence, code=type(bug).__name__, detail=repr(bug)), timezone.now())
    _give_back(state)
    return pages


def _give_back(state: PollState) -> None:
    PollState.objects.filter(pk=state.pk, lease=state.lease).update(lease="", lease_until=None)


def _put_off(state: PollState, failure: Failure, now: datetime) -> None:
    """Note what went wrong and when to look again. The mark and the cursor stay where they are."""
    logger.warning("the poll of %s: %s %s", state.endpoint, failure.sentence, failure.detail[:300])
    failures = state.failures + (not isinstance(failure, RateLimited))
    changes = {
        "failures": failures,
        "note": failure.sentence[:300],
        "next_at": now + timedelta(seconds=waiting_time(failure, failures)),
    }
    if isinstance(failure, CursorLost):
        changes["cursor"] = ""
    with transaction.atomic():
        if PollState.objects.filter(pk=state.pk, lease=state.lease).update(**changes):
            looking_failed(state.endpoint, failure, failures, state.last_ok)
