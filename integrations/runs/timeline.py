"""A run as a timeline: one line per step with its attempts, bars on a common scale where long waits are drawn short."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.console.looks import KIND
from integrations.engine.path import join, parse, place_of
from integrations.runs.models import Exchange, StepEntry

__all__ = ["SCALE", "Attempt", "Bar", "Line", "PlannedStep", "lines_of", "planned_steps"]

SCALE = 1000
"""Width of the time axis in the drawing's own units."""
_WAIT_SHARE = 0.3
"""A wait is drawn at most this wide, as a share of all working time together."""
_NARROWEST = 4.0


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of the release, as far as people see it."""

    node: str
    name: str
    kind: str
    operation: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a line, in units of the axis. `tone` is ok, bad, info or warn; "" = a wait."""

    x: float
    width: float
    tone: str

    @property
    def end(self) -> float:
        return self.x + self.width


@dataclass(slots=True)
class Attempt:
    """One attempt with what it took in, gave and exchanged (filled in by the page)."""

    entry: StepEntry
    exchanges: list[Exchange] = field(default_factory=list)
    input: Json = None
    output: Json = None
    calls: list[tuple[Exchange, Json]] = field(default_factory=list)

    @property
    def ms(self) -> float | None:
        """How long it worked; None while it runs."""
        if self.entry.ended_at is None:
            return None
        return (self.entry.ended_at - self.entry.started_at).total_seconds() * 1000


@dataclass(slots=True)
class Line:
    """One step at one path. `state` is that of its latest attempt; "" = not reached."""

    path: str
    name: str
    step: PlannedStep | None
    attempts: list[Attempt] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)

    @property
    def latest(self) -> StepEntry | None:
        return self.attempts[-1].entry if self.attempts else None

    @property
    def state(self) -> str:
        return self.latest.state if self.latest else ""

    @property
    def problem(self) -> Mapping[str, Any]:
        """What the latest attempt failed with; {} when it didn't."""
        return (self.latest.problem or {}) if self.latest and self.state in {"fail", "retry"} else {}

    @property
    def ms(self) -> float | None:
        """Working and waiting time together, from the first start to the last end."""
        if (
            not self.attempts
            or self.latest is None
            or self.latest.ended_at is None
            or self.state == "skipped"
        ):
            return None
        return (self.latest.ended_at - self.attempts[0].entry.started_at).total_seconds() * 1000

    @property
    def problem_word(self) -> str:
        """The kind of problem in a word or two: “Conflict”, “Missing row”."""
        kind = str(self.problem.get("kind", ""))
        return KIND[kind].word if kind in KIND else str(self.problem.get("code", "Failed"))

    @property
    def said(self) -> str:
        """A few words: what kind of step it was, and how its calls and attempts went."""
        return ", ".join(self._facts())

    def _facts(self) -> Iterator[str]:
        if not self.attempts:
            yield "not reached"
            return
        if self.state == "skipped":
            yield "skipped"
            return
        statuses = [str(one.status or "no answer") for one in self.attempts[-1].exchanges]
        if statuses:
            yield from statuses[:4]
            if len(statuses) > 4:  # noqa: PLR2004 - a line has room for four
                yield f"{len(statuses)} calls"
        elif self.step:
            yield "no calls" if self.step.kind in {"map", "filter", "branch"} else self.step.kind
        if len(self.attempts) > 1:
            yield f"{len(self.attempts)} attempts"


def planned_steps(plan: Mapping[str, Json], inside: str = "") -> Iterator[tuple[str, PlannedStep]]:
    """(place, step) of a stored plan in its order, what is inside a step after it. A place is a path without keys."""
    for step in plan.get("steps", []):
        params = step.get("params") or {}
        planned = PlannedStep(
            str(step["id"]),
            str(step.get("name") or step["id"]),
            str(step.get("type", "")),
            str(params.get("operation") or ""),
        )
        place = join(inside, planned.node)
        yield place, planned
        if step.get("body"):
            yield from planned_steps(step["body"], place)


def lines_of(
    plan: Mapping[str, Json], entries: Iterable[StepEntry], exchanges: Iterable[Exchange]
) -> list[Line]:
    """The lines of a run in the order the steps were reached, then those not reached, with bars on one scale."""
    steps = dict(planned_steps(plan))
    lines: dict[str, Line] = {}
    attempts: dict[tuple[str, int], Attempt] = {}
    for entry in entries:
        attempt = Attempt(entry)
        line = lines.setdefault(
            entry.path, Line(entry.path, _name(entry, steps), steps.get(place_of(entry.path)))
        )
        line.attempts.append(attempt)
        attempts[entry.path, entry.attempt] = attempt
    for exchange in exchanges:
        made_by = attempts.get((exchange.path, exchange.attempt))
        if made_by is not None:
            made_by.exchanges.append(exchange)
    reached = {place_of(path) for path in lines}
    _draw(list(lines.values()))
    for place, step in steps.items():
        if place not in reached:
            lines.setdefault(place, Line(place, step.name, step))
    return list(lines.values())


def _name(entry: StepEntry, steps: Mapping[str, PlannedStep]) -> str:
    planned = steps.get(place_of(entry.path))
    name = planned.name if planned else entry.node
    keys = [segment.key for segment in parse(entry.path) if segment.key is not None]
    return f"{name} · {', '.join(keys)}" if keys else name


def _draw(lines: Sequence[Line]) -> None:
    """Give every line its bars. Time nobody worked in is shortened, so that work stays visible."""
    now = timezone.now()
    spans = sorted(
        (attempt.entry.started_at, attempt.entry.ended_at or now)
        for line in lines
        for attempt in line.attempts
        if attempt.entry.state != "skipped"
    )
    if not spans:
        return
    axis = _Axis(spans)
    for line in lines:
        shown = [attempt.entry for attempt in line.attempts if attempt.entry.state != "skipped"]
        for place, entry in enumerate(shown):
            start, end = axis.at(entry.started_at), axis.at(entry.ended_at or now)
            if place:
                before = line.bars[-1].end
                line.bars.append(Bar(before, max(start - before, 0.0), ""))
            width = max(end - start, _NARROWEST)
            line.bars.append(
                Bar(min(start, SCALE - width), width, _tone(entry, last=place == len(shown) - 1))
            )


def _tone(entry: StepEntry, *, last: bool) -> str:
    if entry.state == "fail":
        return "bad"
    if entry.state == "begun":
        return "info"
    return "warn" if entry.state in {"retry", "wait"} and last else "ok"


class _Axis:
    """From instants to units: pieces of work keep their proportion, the gaps between them are cut."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        pieces = list(_merged(spans))
        work = sum((end - start).total_seconds() for start, end in pieces) or 0.001
        self._pieces: list[tuple[float, float, float]] = []
        at = 0.0
        before: datetime | None = None
        for start, end in pieces:
            if before is not None:
                at += min((start - before).total_seconds(), work * _WAIT_SHARE)
            self._pieces.append((start.timestamp(), end.timestamp(), at))
            at += (end - start).total_seconds()
            before = end
        self._factor = SCALE / (at or 1.0)

    def at(self, instant: datetime) -> float:
        """Where the instant stands; one between two pieces stands at the end of the former."""
        moment, found = instant.timestamp(), 0.0
        for start, end, at in self._pieces:
            if moment >= start:
                found = at + min(moment, end) - start
        return round(found * self._factor, 2)


def _merged(spans: Sequence[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Overlapping and touching spans as one; `spans` are in order of their start."""
    start, end = spans[0]
    for first, last in spans[1:]:
        if first > end:
            yield start, end
            start, end = first, last
        else:
            end = max(end, last)
    yield start, end
