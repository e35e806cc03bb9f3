"""What contacts and organizations have in common: text fields, lists that replace, custom fields of the team, cursors.

Streak looks neither up by a field, so: for "is it there already?" the search index is a hint and each hit is read; for "did
our lost write arrive?" the team's whole list is read, which sees everything at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.sdk.errors import Data, NotFound
from connectors.sdk.marks import has_mark, restamp, stamp, unstamp
from connectors.sdk.operation import Call, Mark, Match
from connectors.sdk.pagination import by_cursor
from connectors.sdk.paths import path_of
from connectors.sdk.wire import Json, Request
from connectors.streak.client import write_request
from connectors.streak.moments import iso
from connectors.streak.team_fields import readable_of, writable_of
from connectors.streak.teams import team_key

__all__ = ["Directory"]

_PAGE = 1000
_MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class Directory:
    """One kind of record of the team. `texts` and `lists` are our input names → Streak's; `needed` are the inputs of which
    one must be there; `found_in` is its list in a search answer; `settings` holds its custom fields on the team."""

    entity: str
    plural: str
    found_in: str
    settings: str
    texts: Mapping[str, str]
    lists: Mapping[str, str]
    needed: tuple[str, ...]

    @property
    def key_name(self) -> str:
        return f"{self.entity}_key"

    def read(self, call: Call, key: str) -> Json:
        """The record as Streak gives it. Raises `NotFound`."""
        return call.get(path_of("v2", self.plural, key))

    def details(self, call: Call, record: Json) -> dict[str, Json]:
        """What both kinds show alike: custom fields, links and times."""
        return {
            "notes": unstamp(str(record.get("other") or "")),
            "fields": readable_of(
                call, str(record.get("teamKey") or ""), self.settings, record.get("fields") or {}
            ),
            "organization_keys": [str(one["key"]) for one in record.get("orgLinks") or [] if one.get("key")],
            "updated_at": iso(record.get("lastSavedTimestamp")),
            "position": str(record.get("lastSavedTimestamp") or ""),
        }

    def to_create(self, call: Call, data: Json, mark: Mark) -> Request:
        """The request that makes one; its notes carry the mark."""
        body = self._body(data) | {"other": stamp(data.get("notes", ""), mark)}
        self._check(body)
        return write_request("POST", self._team_path(call), body)

    def to_ensure(self, call: Call, list_name: str, value: str) -> Request:
        """The request that gives the record with this e-mail or domain, or makes one of it: Streak wants nothing else then."""
        body: dict[str, Json] = {list_name: [value]}
        return write_request("POST", self._team_path(call), body, query={"getIfExisting": "true"})

    def to_update(self, call: Call, data: Json) -> Request:
        """The request that changes what `data` holds; a mark in the notes stays there."""
        key = data[self.key_name]
        record = self.read(call, key)
        body = self._body(data)
        if "notes" in data:
            body["other"] = restamp(unstamp(data["notes"]), str(record.get("other") or ""))
        if data.get("fields"):
            body["fields"] = writable_of(call, str(record["teamKey"]), self.settings, data["fields"])
        if "organization_keys" in data:
            body["orgLinks"] = [{"key": one} for one in data["organization_keys"]]
        return write_request("POST", path_of("v2", self.plural, key), body, far_id=key)

    def saved(self, record: Json) -> dict[str, Json]:
        """What a write gives: the key and when it was saved."""
        return {self.key_name: str(record["key"]), "updated_at": iso(record.get("lastSavedTimestamp"))}

    def marked(self, call: Call, request: Request, mark: Mark) -> Sequence[Match]:
        """Among all of the team's, the ones whose notes carry our mark."""
        return [
            Match(str(one["key"]), self.saved(one), iso(one.get("creationDate")) or "", "mark in the notes")
            for one in by_cursor(call, request.path, {}, size=_PAGE)
            if has_mark(one.get("other"), mark)
        ]

    def having(self, call: Call, request: Request) -> Iterator[Json]:
        """Among all of the team's, the ones that hold what a `to_ensure` request asks for."""
        ((name, values),) = request.json.items()
        wanted = values[0].lower()
        for one in by_cursor(call, request.path, {}, size=_PAGE):
            if wanted in [str(value).lower() for value in one.get(name) or []]:
                yield one

    def updated(self, call: Call, request: Request) -> Sequence[Match]:
        """Read back: the update happened when the record holds what was sent."""
        try:
            record = self.read(call, request.far_id)
        except NotFound:
            return []
        holds = all(_same(record.get(name), value) for name, value in request.json.items())
        return [Match(request.far_id, self.saved(record), matched_by="read back")] if holds else []

    def searched(self, call: Call, query: str) -> Iterator[Json]:
        """The records behind the search index's hits for `query`, each read; one that went away meanwhile is left out."""
        answer = call.get("/v1/search", {"query": query})
        hits = (answer.get("results") or {}).get(self.found_in) or []
        for hit in hits[:_MOST_HITS]:
            try:
                yield self.read(call, str(hit["key"]))
            except NotFound:
                continue

    def portion(self, call: Call, since: str | None, at: Json) -> tuple[Sequence[Json], Json]:
        """One page of the team's records and the cursor of the next; `since` (contacts only) is ISO 8601."""
        query: dict[str, Json] = {"limit": 100}
        if since:
            query["after"] = int(datetime.fromisoformat(since).timestamp())
        answer = call.get(self._team_path(call), query | ({"cursor": at} if at else {}))
        return answer.get("results") or [], answer.get("cursor") or None

    def _team_path(self, call: Call) -> str:
        return path_of("v2", "teams", team_key(call), self.plural)

    def _body(self, data: Json) -> dict[str, Json]:
        names = {**self.texts, **self.lists}
        return {far: data[ours] for ours, far in names.items() if ours in data}

    def _check(self, body: Mapping[str, Json]) -> None:
        names = {**self.texts, **self.lists}
        if not any(body.get(names[ours]) for ours in self.needed):
            wanted = " or ".join(self.needed).replace("_", " ")
            raise Data(
                f"The {self.entity} needs one of: {wanted}.",
                code="nothing_to_go_by",
                pointer=f"/{self.needed[0]}",
            )


def _same(has: Json, sent: Json) -> bool:
    """Streak lower-cases addresses and domains, and merges custom fields into those that are there."""
    if isinstance(sent, dict):
        return isinstance(has, dict) and all(_same(has.get(key), value) for key, value in sent.items())
    if isinstance(sent, list):
        return isinstance(has, list) and [_plain(one) for one in has] == [_plain(one) for one in sent]
    return _plain(has) == _plain(sent)


def _plain(value: Json) -> str:
    found = value.get("key") if isinstance(value, dict) else value
    return "" if found is None else str(found).strip().lower()
