"""Sage's two feeds of one list: what was changed since (inclusive), then what was deleted since (exclusive).

A sweep reads the first feed's pages, then the second one's. Stamps are whole seconds, so that a record's version is its
stamp together with its content.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.sage50.records import Kind
from connectors.sdk.operation import Call
from connectors.sdk.schema import boolean, obj, timestamp
from connectors.sdk.steady import steady_page
from connectors.sdk.trigger import Arrival, CursorLost, Page, PollTrigger, content_hash, server_clock
from connectors.sdk.wire import Json, Request, Response, Schema

__all__ = ["Feed", "changes_trigger", "kind_trigger", "name_of", "output_of"]

_FEEDS = ("changed", "deleted")
_FILTERS = {"changed": "updated_or_created_since", "deleted": "deleted_since"}
_STAMPS = {"changed": "updated_at", "deleted": "deleted_at"}
_SIZE = 100


@dataclass(frozen=True, slots=True)
class Feed:
    """A list of Sage: its path, the `attributes` of a record that are needed, and how it becomes `$event` and its name.

    `output` must do with a deleted record, of which Sage may tell little more than its id. `lost` are the filters that say
    nothing about a deleted one; `deletions` is False where Sage doesn't tell what was deleted. Fewer attributes than all keep large pages from failing.
    """

    path: str
    attributes: tuple[str, ...]
    output: Callable[[Json], Json]
    title: Callable[[Json], str]
    query: Mapping[str, Json] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    deletions: bool = True


def changes_trigger(
    title: str, feed: Feed, *, config: Schema, output: Schema, sample: Json, help: str
) -> PollTrigger:
    """The poll trigger of one list. Settings that are names of Sage's own filters are passed on."""

    def poll(call: Call, settings: Mapping[str, Json], since: datetime | None, cursor: str | None) -> Page:
        kind, page = _place(cursor)
        attributes = ",".join((*feed.attributes, *_STAMPS.values()))
        asked = {
            **feed.query,
            **_filters(feed, kind, settings),
            **_since(kind, since),
            "attributes": attributes,
        }
        answers: list[Response] = []

        def read(number: int) -> list[Json]:
            query = {**asked, "nested_attributes": "all", "page": number, "items_per_page": _SIZE}
            answer = call.send(Request("GET", feed.path, query))
            answers.append(answer)
            return list(answer.json.get("$items") or [])

        records, before = steady_page(read, page, 1)
        found = [_arrival(feed, kind, one) for one in (*before, *records)]
        more = bool(answers[0].json.get("$next"))
        wanted = feed.deletions and since is not None and settings.get("deletions", True)
        following = _following(kind, page, more=more, wanted=wanted)
        return Page(found, following, server_clock(answers[0]))

    return PollTrigger(
        title=title,
        help=help,
        config=config,
        output=output,
        sample=sample,
        poll=poll,
        record=feed.path.strip("/").removesuffix("s"),
    )


def kind_trigger(title: str, kind: Kind, feed: Feed, config: dict[str, Schema], help: str) -> PollTrigger:
    """The poll trigger of one kind of record: its event is what reading one gives, with when and whether it is gone."""
    seen = {"updated_at": timestamp("Changed", type=["string", "null"]), "deleted": boolean("Deleted")}
    also = {"deletions": boolean("Also deletions", default=True)} if feed.deletions else {}
    return changes_trigger(
        title,
        feed,
        help=help,
        config=obj({**config, **also}),
        output=obj({**kind.schema["properties"], **seen}, required=("id", "deleted")),
        sample={**kind.sample, "updated_at": "2026-11-21T09:30:10Z", "deleted": False},
    )


def output_of(kind: Kind, known_by: str) -> Callable[[Json], Json]:
    """Of a deleted record Sage may give little more than its id: then `known_by` isn't there."""

    def output(record: Json) -> Json:
        given = kind.output(record) if known_by in record else {"id": str(record["id"])}
        return {**given, "updated_at": record.get("deleted_at") or record.get("updated_at")}

    return output


def name_of(record: Json) -> str:
    """What people call it."""
    return str(record.get("displayed_as") or record["id"])


def _place(cursor: str | None) -> tuple[str, int]:
    kind, _, page = (cursor or "changed:1").partition(":")
    if kind not in _FEEDS or not page.isdigit():
        raise CursorLost(f"“{cursor}” is no place in Sage's list.", code="cursor")
    return kind, int(page)


def _filters(feed: Feed, kind: str, settings: Mapping[str, Json]) -> dict[str, Json]:
    """What a person narrowed it down to; the settings are named as Sage's own filters are."""
    names = settings.keys() - {"deletions"} - (set(feed.lost) if kind == "deleted" else set())
    return {name: settings[name] for name in sorted(names) if settings[name]}


def _since(kind: str, since: datetime | None) -> dict[str, Json]:
    if since is None:
        return {}
    return {_FILTERS[kind]: since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")}


def _following(kind: str, page: int, *, more: bool, wanted: bool) -> str | None:
    """The next page of this feed, else the other feed; deletions are asked for only from some time on."""
    if more:
        return f"{kind}:{page + 1}"
    return "deleted:1" if kind == "changed" and wanted else None


def _arrival(feed: Feed, kind: str, record: Json) -> Arrival:
    deleted = kind == "deleted"
    far_id, stamp = str(record["id"]), str(record.get(_STAMPS[kind]) or "")
    data = {**feed.output(record), "deleted": deleted}
    version = f"{stamp}:{'deleted' if deleted else content_hash(data)}"
    return Arrival(
        key=f"{far_id}:{version}",
        title=feed.title(record),
        data=data,
        record=far_id,
        version=version,
        at=_moment(stamp),
        deleted=deleted,
    )


def _moment(stamp: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
