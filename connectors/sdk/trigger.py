"""How we learn that something happened in a far system: it calls us, or we look. One file in `triggers/` holds one trigger,
named `TRIGGER`."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import orjson

from connectors.sdk.errors import Transient
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json, Response, Schema

__all__ = [
    "Arrival",
    "CursorLost",
    "Delivery",
    "Page",
    "PollTrigger",
    "Trigger",
    "WebhookTrigger",
    "content_hash",
    "server_clock",
]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An incoming HTTP request, verified: headers are lower-cased, `body` is parsed JSON."""

    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing that happened. `key` tells it from every other one of this endpoint ("" = the runtime hashes the body);
    `title` is what people call it; `data` becomes `$event`.

    Of a poll also: `record` is the far record's id and `version` its version stamp or content hash (`key` is made of both,
    never of the id alone); `at` is when it changed, by the far system's clock; `deleted` that the record is gone.
    """

    key: str
    title: str
    data: Json
    record: str = ""
    version: str = ""
    at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A part of one sweep. `cursor` leads to the next part, None = this was the last one; `server_time` is the far system's
    clock when it answered, None when it doesn't say."""

    arrivals: Sequence[Arrival]
    cursor: str | None = None
    server_time: datetime | None = None


class CursorLost(Transient):
    """The far system doesn't know the cursor any more: the sweep begins again, and what is stored already is not repeated."""


@dataclass(frozen=True, slots=True)
class WebhookTrigger:
    """A webhook registration. `verify(headers, secret)` checks the delivery's own token in constant time (True = genuine).

    `read(delivery, config)` gives 1..n arrivals or raises `Data`. `enable(call, url, secret, config)` registers and returns
    state for `disable(call, state)`. `config` is the schema of what a person sets on the trigger node.
    """

    title: str
    config: Schema
    output: Schema
    sample: Json
    verify: Callable[[Mapping[str, str], str], bool]
    read: Callable[[Delivery, Mapping[str, Json]], Sequence[Arrival]]
    enable: Callable[[Call, str, str, Mapping[str, Json]], Json]
    disable: Callable[[Call, Json], None]
    help: str = ""
    record: str = ""
    """The kind of record it is about ("box"): what cross-references call the source."""


@dataclass(frozen=True, slots=True)
class PollTrigger:
    """A look at what has changed. `poll(call, config, since, cursor)` gives one page of what changed at or after `since` (None =
    everything), from `cursor` on (None = the sweep's beginning). It never skips anything: giving something twice is fine.

    `overlap` is how far before the far system's clock the next sweep begins, for records that become visible late. `every`
    is the usual time between sweeps. A source that knows only days has `granularity` "day": its sweeps begin at the day, and
    a record's `version` is a content hash that is compared with the one seen before. A cursor older than `cursor_lives` is
    not used any more.
    """

    title: str
    config: Schema
    output: Schema
    sample: Json
    poll: Callable[[Call, Mapping[str, Json], datetime | None, str | None], Page]
    overlap: timedelta = timedelta(minutes=2)
    every: timedelta = timedelta(minutes=5)
    granularity: str = "moment"
    cursor_lives: timedelta = timedelta(minutes=10)
    help: str = ""
    record: str = ""
    """The kind of record it is about ("sales_invoice")."""


Trigger = WebhookTrigger | PollTrigger


def content_hash(value: Json) -> str:
    """16 characters that differ when the content does, whatever the order of its fields."""
    plain = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()[:16]


def server_clock(response: Response) -> datetime | None:
    """The far system's clock as its answer's Date header tells it (whole seconds, UTC), or None."""
    try:
        return parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC)
    except (TypeError, ValueError):
        return None
