"""Walking what is inside a container: a loop's items (some side by side), a scope's steps, another flow."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from connectors.sdk.wire import Json
from integrations.engine.body import Apart, Body, Each, Once
from integrations.engine.failing import FILTERED, SUPERSEDED, failed_inside
from integrations.engine.journey import Journey
from integrations.engine.outcome import Done, Parked
from integrations.engine.path import inside
from integrations.engine.together import together

__all__ = ["Ended", "Place", "carry_out"]

PARTIAL = "partial"
"""The port of a loop in which some items failed, where an edge leaves from it."""

_NO_OTHERS = frozenset({"rate", "reconnect", "agent"})
"""When an item waits for one of these no further item is begun: it would most likely meet the same, at the far system's
expense. Those under way go on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plan is walked: the prefix of its paths, the names known there, and `$in` of what nothing leads to.

    `taken`: a failure for a person doesn't park the run, a container around takes it. `beside`: other items of a loop may
    be waiting at the same time, so a turn doesn't mean that everything here is due.
    """

    names: Mapping[str, Json]
    origin: Json
    prefix: str = ""
    taken: bool = False
    beside: bool = False

    def within(self, path: str, names: Mapping[str, Json], *, taken: bool) -> "Place":
        """Inside the container at `path`, which is reached with these names."""
        return Place(names, names["in"], path, self.taken or taken, self.beside)


@dataclass(frozen=True, slots=True)
class Ended:
    """A walk that came to its end, and what it comes to."""

    result: Literal["delivered", "filtered", "superseded"]
    output: Json


class Walked(Protocol):
    """A plan being walked (`walk.Walk`)."""

    def go(self) -> Parked | None: ...
    def ended(self, results: "list[str] | None" = None) -> Ended: ...


class Inside(Protocol):
    """A container's body, which can be walked at places inside it."""

    @property
    def journey(self) -> Journey: ...
    @property
    def place(self) -> Place: ...
    @property
    def drawn(self) -> frozenset[str]: ...
    def walk(self, place: Place) -> Walked: ...


def carry_out(body: Body, here: Inside) -> Done | Parked:
    """Walk the body as its container says; gives what the container comes to, or where the run must stop."""
    match body:
        case Each():
            return _Loop(body, here).go()
        case Once():
            return _once(here.walk(here.place), None)
        case Apart(event, results):
            names = {"event": event, "vars": here.place.names["vars"], "steps": {}}
            return _once(here.walk(replace(here.place, names=names, origin=event)), list(results))


def _once(walk: Walked, results: list[str] | None) -> Done | Parked:
    if parked := walk.go():
        return parked
    ended = walk.ended(results)
    return Done(ended.output, port="main" if ended.result == "delivered" else ended.result)


class _Loop:
    """One loop in one turn. Items are taken one by one by as many hands as there are; a hand that meets a reason to stop
    stops the others before their next item."""

    def __init__(self, body: Each, here: Inside) -> None:
        self._body = body
        self._here = here
        self._side_by_side = body.at_once > 1
        place = here.place
        self._place = replace(
            place, taken=place.taken or body.go_on, beside=place.beside or self._side_by_side
        )
        self._numbers = itertools.count()
        self._stopped = False
        self._ends: list[Ended | Parked | None] = [None] * len(body.items)

    def go(self) -> Done | Parked:
        hands = min(self._body.at_once, len(self._body.items))
        if hands > 1:
            self._here.journey.given.side_by_side([self._work] * hands)
        else:
            self._work()
        waiting = [end for end in self._ends if isinstance(end, Parked) and not self._given_up(end)]
        if waiting:
            return together(waiting)
        return self._done()

    def _work(self) -> None:
        """Item after item, until there is none left or somebody stopped. Whatever is no failure stops all and goes on up."""
        try:
            while not self._stopped and (index := next(self._numbers)) < len(self._ends):
                end = self._ends[index] = self._item(index)
                if isinstance(end, Parked) and self._stops(end):
                    self._stopped = True
        except BaseException:
            self._stopped = True
            raise

    def _stops(self, end: Parked) -> bool:
        if self._given_up(end):
            return False
        return not self._side_by_side or end.reason in _NO_OTHERS

    def _given_up(self, end: Parked) -> bool:
        """A failed item that the others go on without."""
        return self._body.go_on and end.only_failed and failed_inside(end) is not None

    def _item(self, index: int) -> Ended | Parked:
        item, place = self._body.items[index], self._place
        names = {**place.names, "item": item, "index": index}
        prefix = inside(place.prefix, self._body.keys[index])
        walk = self._here.walk(Place(names, item, prefix, place.taken, place.beside))
        return walk.go() or walk.ended()

    def _done(self) -> Done:
        ended = [end for end in self._ends if isinstance(end, Ended)]
        results = [end.output for end in ended if end.result != FILTERED]
        endings = {end.result for end in ended}
        port: str = SUPERSEDED if SUPERSEDED in endings and "delivered" not in endings else "main"
        if not self._body.go_on:
            return Done(results, port=port)
        failures = self._failures()
        output = {
            "results": results,
            "failures": failures,
            "total": len(self._ends),
            "succeeded": len(results),
            "filtered": len(ended) - len(results),
        }
        if failures:
            port = PARTIAL if PARTIAL in self._here.drawn else "main"
        return Done(output, port=port)

    def _failures(self) -> list[Json]:
        return [
            {"key": self._body.keys[index], "index": index, **(failed_inside(end) or {})}
            for index, end in enumerate(self._ends)
            if isinstance(end, Parked)
        ]
