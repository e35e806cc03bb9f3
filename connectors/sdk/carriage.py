"""Far systems that our HTTP client doesn't speak to: a mail server, a messaging service's own library, a folder of files.

A connector names what carries its requests (`Client.carrier`). Everything else about a call stays as it is: limits, the
lease that is checked before a write leaves, what a failure means, what is recorded and what is hidden in it.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from connectors.sdk.account import Account
from connectors.sdk.classify import is_write
from connectors.sdk.errors import Failure, Transient
from connectors.sdk.http import OnExchange, Waiting
from connectors.sdk.redact import Redactor, redacted
from connectors.sdk.wire import Exchange, Request, Response

__all__ = ["Carrier", "Carrying", "Errand"]


@dataclass(frozen=True, slots=True)
class Errand:
    """One request on its way. `seconds()` is the time left and raises `Transient` when there is none; `leave()` must be
    called right before a write's first effect, and what it raises drops the errand undone."""

    account: Account
    request: Request
    seconds: Callable[[], float]
    leave: Callable[[], None]


Carrier = Callable[[Errand], Response]
"""Does what the request says. Raises `Failure` only (or what `leave` raises): `OutcomeUnknown` when it may have happened."""


def _at_once() -> None:
    """Nothing is to be checked before it leaves."""


class Carrying:
    """Sends requests by a connector's own carrier, as `Http` does over HTTP."""

    def __init__(  # noqa: PLR0913 - what the runtime lends a call, each by its name
        self,
        carrier: Carrier,
        account: Account,
        *,
        on_exchange: OnExchange,
        redactor: Redactor,
        now: Callable[[], float] = time.monotonic,
        before_send: Callable[[], None] | None = None,
        waiting: Waiting = nullcontext,
    ) -> None:
        self._carrier = carrier
        self._account = account
        self._on_exchange = on_exchange
        self.redactor = redactor
        self._now = now
        self._before_send = before_send or _at_once
        self._waiting = waiting

    def send(
        self, request: Request, headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Response:
        """Carry the request and return its answer. Raises `Failure` (or what `before_send` raises)."""
        del headers  # the carrier signs in its own way
        limit = self._account.deadline if deadline is None else min(deadline, self._account.deadline)
        started = self._now()
        errand = Errand(
            self._account,
            request,
            seconds=lambda: self._left(started + limit),
            leave=self._before_send if is_write(request) else _at_once,
        )
        response: Response | None = None
        error = "dropped before sending"
        try:
            with self._waiting():
                response = self._carrier(errand)
            error = ""
        except Failure as failure:
            error = redacted(failure, self.redactor).detail or failure.sentence
            raise
        finally:
            self._record(request, response, (self._now() - started) * 1000, error)
        return response

    def _left(self, until: float) -> float:
        left = until - self._now()
        if left <= 0:
            raise Transient("There was no time left for this call.", code="budget_used")
        return left

    def _record(self, request: Request, response: Response | None, ms: float, error: str) -> None:
        redact = self.redactor
        self._on_exchange(
            Exchange(
                method=request.method.upper(),
                url=redact.text(self._account.base_url.rstrip("/") + request.path),
                status=response.status if response is not None else None,
                ms=round(ms, 3),
                request=redact.json(
                    request.json if request.json is not None else dict(request.query) or None
                ),
                response=redact.json(response.json) if response is not None else None,
                error=redact.text(error) if error else "",
            )
        )
