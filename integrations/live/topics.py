"""Topics: what can be watched, who may, and what is read from the database for it. Plain synchronous reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied

from integrations.access.actions import roles_for
from integrations.access.actor import Actor
from integrations.access.authorise import authorise, visible_environments
from integrations.api.shapes.runs import RunShape, TimelineShape, run_rows, told
from integrations.keyset import each, merged
from integrations.memory import remembered
from integrations.releases.models import Environment
from integrations.runs.models import Run

__all__ = ["Frame", "Topic", "topic_for"]

SHOWN = 20
"""Runs in a flow's snapshot."""
FOLLOWED = 50
"""Newest runs of a flow whose changes are told."""
_TOPIC = re.compile(r"(run):([1-9]\d{0,17})|(flow):([a-z0-9][a-z0-9_-]{0,79})")
_MARKS = ("pk", "seq", "state", "reason", "result", "title", "amount", "failure_id", "due_at")


@dataclass(frozen=True, slots=True)
class Frame:
    """Something to tell: its sequence number (0 = whoever sends it counts), type and data."""

    seq: int
    type: str
    data: Any


class Topic(Protocol):
    """One thing that is watched. Equal topics share one tail."""

    @property
    def name(self) -> str: ...

    def snapshot(self) -> Frame | None:
        """Everything, as it is now. None when it is gone."""

    def since(self, after: int) -> Frame | None:
        """What changed after a sequence number the client knows; a snapshot when that can't be told."""

    def mark(self) -> Any:
        """A cheap look: another value means that something has changed."""

    def news(self, before: Any, now: Any) -> Frame | None:
        """What changed between two marks."""


def topic_for(name: str, actor: Actor) -> Topic:
    """The topic as `actor` may watch it. Raises PermissionDenied for what isn't there or may not be seen."""
    found = _TOPIC.fullmatch(name)
    if found is None:
        raise PermissionDenied("There is no such topic.")
    if found[1]:
        run = Run.objects.select_related("environment").filter(pk=int(found[2])).first()
        if run is None:
            raise PermissionDenied("There is no such run.")
        authorise(actor, "run.view", run.environment)
        return RunTopic(run.pk)
    authorise(actor, "flow.view", None)
    if roles_for("run.view") & actor.roles_in(None):
        return FlowTopic(found[4])
    seen = visible_environments(actor, "run.view").values_list("pk", flat=True)
    return FlowTopic(found[4], frozenset(seen))


@dataclass(frozen=True, slots=True)
class RunTopic:
    """One run and its steps. `seq` is the run's own, so a client can resume where it was."""

    run: int

    @property
    def name(self) -> str:
        return f"run:{self.run}"

    def snapshot(self) -> Frame | None:
        return self._timeline("snapshot", 0)

    def since(self, after: int) -> Frame | None:
        return self._timeline("steps", after) if after else self.snapshot()

    def mark(self) -> Any:
        return Run.objects.filter(pk=self.run).values_list(*_MARKS).first()

    def news(self, before: Any, now: Any) -> Frame | None:
        if now is None or now == before:
            return None
        return self._timeline("steps", before[1] if before else 0)

    def _timeline(self, type: str, after: int) -> Frame | None:
        """The run is read before its steps, so that what is written in between is told again, never lost."""
        run = run_rows().filter(pk=self.run).first()
        if run is None:
            return None
        return Frame(run.seq, type, TimelineShape(told(run, after)).data)


@dataclass(frozen=True, slots=True)
class FlowTopic:
    """The newest runs of a flow, in the environments one may see (None = all). Its frames are counted by the tail."""

    flow: str
    environments: frozenset[int] | None = None

    @property
    def name(self) -> str:
        return f"flow:{self.flow}"

    def snapshot(self) -> Frame | None:
        rows = merged(self._branches(run_rows()), ("-id",), SHOWN)
        return Frame(0, "snapshot", {"runs": RunShape(rows, many=True).data})

    def since(self, after: int) -> Frame | None:
        del after
        return self.snapshot()

    def mark(self) -> Any:
        branches = self._branches(Run.objects.order_by("-id").values_list(*_MARKS))
        rows = [row for branch in branches for row in branch[:FOLLOWED]]
        return {row[0]: row for row in sorted(rows, key=lambda row: -row[0])[:FOLLOWED]}

    def news(self, before: Any, now: Any) -> Frame | None:
        known: Mapping[int, Any] = before or {}
        changed = [pk for pk, row in now.items() if known.get(pk) != row]
        if not changed:
            return None
        rows = run_rows().filter(pk__in=changed).order_by("-id")
        return Frame(0, "runs", {"runs": RunShape(rows, many=True).data})

    def _branches(self, rows: Any) -> list[Any]:
        """Environment by environment, as the index has them: few runs of one are found at once among many of another."""
        where = _environments() if self.environments is None else self.environments
        return each(rows.filter(flow_key=self.flow), environment=where)


@remembered(seconds=10.0)
def _environments() -> list[int]:
    return list(Environment.objects.values_list("pk", flat=True))
