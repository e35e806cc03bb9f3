"""Fault switches: what a simulator does wrong on purpose, how often, and how often it really did."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from connectors.sdk.sandbox.http import Request
from connectors.sdk.sandbox.store import Records
from connectors.sdk.wire import Json

__all__ = ["HTTP_FAULTS", "Fault", "FaultKind", "Faults", "Mode"]

Mode = Literal["off", "next", "count", "always", "share"]
MODES: Sequence[str] = ("off", "next", "count", "always", "share")
SCOPES: Sequence[str] = ("all", "reads", "writes")


@dataclass(frozen=True)
class FaultKind:
    """One thing that can go wrong. `at` says where: before or after the request is handled, at a webhook delivery, or
    in the form of the answers ("quirk"). `millis` is the default of the delay it uses, 0 when it uses none."""

    id: str
    title: str
    at: Literal["before", "after", "webhook", "quirk"]
    scope: Literal["all", "reads", "writes"] = "all"
    millis: int = 0


HTTP_FAULTS: Sequence[FaultKind] = (
    FaultKind("slow", "Slow answers", "before", millis=2000),
    FaultKind("rate_limit", "Limit requests (429)", "before", millis=2000),
    FaultKind("error", "Fail before writing (500)", "before"),
    FaultKind("unavailable", "Be unavailable (503)", "before"),
    FaultKind("refuse", "Refuse the credentials (401)", "before"),
    FaultKind("lose_answer", "Lose the answer after writing", "after", scope="writes"),
    FaultKind("late_commit", "Lose the answer, write later", "before", scope="writes", millis=1500),
    FaultKind("hang", "Hang without an answer", "before", millis=60_000),
)


@dataclass(frozen=True)
class Fault:
    """How one switch stands. `left` counts down in mode "count" ("next" is a count of one); `share` is a probability;
    `path` limits it to requests whose path contains that text; `hits` is how often it happened."""

    mode: Mode = "off"
    left: int = 0
    share: float = 0.0
    scope: str = "all"
    path: str = ""
    millis: int = 0
    hits: int = 0


class Faults:
    """The switches of one system, kept in the state file."""

    def __init__(self, kinds: Sequence[FaultKind], records: Records, system: str) -> None:
        self.kinds: Mapping[str, FaultKind] = {kind.id: kind for kind in kinds}
        self._records = records
        self._system = system
        self._random = random.Random()  # noqa: S311 - decides whether a test fault happens
        self._state = {kind.id: self._load(kind) for kind in kinds}

    def arm(self, kind: str, mode: Mode, options: Mapping[str, Json] | None = None) -> Fault:
        """Set a switch. `options` may hold count, share, scope, path and millis; raises `ValueError` on a wrong one."""
        if kind not in self.kinds:
            raise ValueError(f"{self._system} has no fault called {kind}.")
        if mode not in MODES:
            raise ValueError(f"The mode must be one of {', '.join(MODES)}.")
        known = self.kinds[kind]
        given = dict(options or {})
        scope = str(given.get("scope", known.scope))
        if scope not in SCOPES:
            raise ValueError(f"The scope must be one of {', '.join(SCOPES)}.")
        fault = Fault(
            mode=mode,
            left=1 if mode == "next" else int(given.get("count", 1)) if mode == "count" else 0,
            share=float(given.get("share", 0)) if mode == "share" else 0.0,
            scope=scope,
            path=str(given.get("path", "")),
            millis=int(given.get("millis", known.millis)),
            hits=self._state[kind].hits,
        )
        with self._records.store.writing():
            self._save(kind, fault)
        return fault

    def clear(self) -> None:
        """Switch everything off; the hit counts stay."""
        for kind in self.kinds:
            self.arm(kind, "off")

    def forget_hits(self) -> None:
        with self._records.store.writing():
            for kind, fault in list(self._state.items()):
                self._save(kind, replace(fault, hits=0))

    def claim(self, kind: str, request: Request | None = None) -> Fault | None:
        """The switch, if it strikes now (it is counted then); None otherwise."""
        if self._state[kind].mode == "off":
            return None
        with self._records.store.writing():
            fault = self._state[kind]
            if not self._strikes(fault, request):
                return None
            left = fault.left - 1 if fault.mode in ("next", "count") else fault.left
            spent = fault.mode in ("next", "count") and left <= 0
            self._save(
                kind, replace(fault, left=left, hits=fault.hits + 1, mode="off" if spent else fault.mode)
            )
            return fault

    def claim_first(self, at: str, request: Request) -> tuple[str, Fault] | None:
        """The first switch at this place (slowness aside) that strikes now."""
        for kind in self.kinds.values():
            if kind.at == at and kind.id != "slow" and (fault := self.claim(kind.id, request)):
                return kind.id, fault
        return None

    def on(self, quirk: str) -> bool:
        """Whether a quirk is switched on."""
        return self._state[quirk].mode != "off"

    def view(self) -> list[Json]:
        """Every switch with its title and state, as JSON."""
        return [
            {"id": kind.id, "title": kind.title, "at": kind.at, **asdict(self._state[kind.id])}
            for kind in self.kinds.values()
        ]

    def _strikes(self, fault: Fault, request: Request | None) -> bool:
        if fault.mode == "off" or (fault.mode == "share" and self._random.random() >= fault.share):
            return False
        if request is None:
            return True
        in_scope = fault.scope == "all" or request.is_write == (fault.scope == "writes")
        aimed = fault.path in request.path if fault.path else not request.open
        return in_scope and aimed

    def _load(self, kind: FaultKind) -> Fault:
        kept = self._records.get("fault", f"{self._system}:{kind.id}")
        return Fault(**kept) if kept else Fault(scope=kind.scope, millis=kind.millis)

    def _save(self, kind: str, fault: Fault) -> None:
        self._state[kind] = fault
        self._records.put("fault", f"{self._system}:{kind}", asdict(fault))
