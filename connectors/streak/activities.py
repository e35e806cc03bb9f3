"""What happens around a box: comments, tasks and meetings (call logs are meetings to Streak). All carry our mark in their text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.sdk.errors import NotFound
from connectors.sdk.marks import has_mark, restamp, stamp, unstamp
from connectors.sdk.operation import Call, Mark, Match
from connectors.sdk.pagination import by_page
from connectors.sdk.paths import path_of
from connectors.sdk.wire import Json, Request
from connectors.streak.client import write_request
from connectors.streak.moments import iso

__all__ = ["COMMENTS", "MEETINGS", "TASKS", "Activity"]


@dataclass(frozen=True, slots=True)
class Activity:
    """One kind of record of a box: its path, the field that holds its text, the field that says when it was made."""

    entity: str
    plural: str
    words: str
    made: str
    paged: bool = True

    def read(self, call: Call, key: str) -> Json:
        """The record as Streak gives it. Raises `NotFound`."""
        return call.get(path_of("v2", self.plural, key))

    def of_box(self, call: Call, box_key: str) -> Iterator[Json]:
        """All of them of one box, the oldest first."""
        yield from self._listed(call, path_of("v2", "boxes", box_key, self.plural))

    def to_add(self, box_key: str, words: str, mark: Mark, body: Mapping[str, Json]) -> Request:
        """The request that adds one to a box, its text stamped with the mark."""
        path = path_of("v2", "boxes", box_key, self.plural)
        return write_request("POST", path, {**body, self.words: stamp(words, mark)})

    def to_change(self, call: Call, key: str, words: str | None, body: Mapping[str, Json]) -> Request:
        """The request that changes one; a mark in its text stays there."""
        former = str(self.read(call, key).get(self.words) or "")
        told = {} if words is None else {self.words: restamp(unstamp(words), former)}
        return write_request("POST", path_of("v2", self.plural, key), {**body, **told}, far_id=key)

    def added(self, call: Call, request: Request, mark: Mark) -> Sequence[Match]:
        """Among those of the box, the ones that carry our mark: Streak lists them all, at once."""
        return [
            Match(str(one["key"]), one, iso(one.get(self.made)) or "", f"mark in the {self.entity}")
            for one in self._listed(call, request.path)
            if has_mark(one.get(self.words), mark)
        ]

    def changed(self, call: Call, request: Request) -> Json | None:
        """The record if it holds what was sent, else None."""
        try:
            record = self.read(call, request.far_id)
        except NotFound:
            return None
        return record if all(_same(record.get(name), sent) for name, sent in request.json.items()) else None

    def unmarked(self, request: Request) -> Json:
        """The request's body without our mark."""
        if self.words not in request.json:
            return request.json
        return {**request.json, self.words: unstamp(request.json[self.words])}

    def text_of(self, record: Json) -> str:
        """What people wrote, without our mark."""
        return unstamp(str(record.get(self.words) or ""))

    def _listed(self, call: Call, path: str) -> Iterator[Json]:
        if self.paged:
            yield from by_page(call, path, {})
            return
        answer = call.get(path)
        yield from answer if isinstance(answer, list) else answer.get("results") or []


COMMENTS = Activity("comment", "comments", "message", "timestamp", paged=False)
TASKS = Activity("task", "tasks", "text", "creationDate")
MEETINGS = Activity("meeting", "meetings", "notes", "creationDate")


def _same(has: Json, sent: Json) -> bool:
    """People are told by e-mail and given back with more about them."""
    if isinstance(sent, list):
        held = {
            one for entry in has or [] for one in (entry.values() if isinstance(entry, dict) else [entry])
        }
        wanted = [next(iter(one.values())) if isinstance(one, dict) else one for one in sent]
        return len(has or []) == len(sent) and all(one in held for one in wanted)
    return bool(has == sent)
