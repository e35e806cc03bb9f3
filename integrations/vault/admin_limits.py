"""A connection's own limits as a form: the connector's, none, or up to three of its own, checked and said in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.sdk.manifest import Limit
from connectors.sdk.wire import Json
from integrations.limits.report import said
from integrations.limits.timetable import Allowance
from integrations.vault.models import Connection

__all__ = ["LimitsForm", "Rate"]

ROWS = 3
UNITS = (("s", "seconds"), ("m", "minutes"), ("h", "hours"), ("d", "days"))
MODES = (
    ("declared", "As the connector says"),
    ("own", "Limits of its own"),
    ("none", "No limit"),
)
_PER = re.compile(r"([1-9][0-9]*)([smhd])")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Rate:
    """One row as typed: so many calls in so many units of time."""

    calls: str = ""
    count: str = "1"
    unit: str = "m"


class LimitsForm:
    """`value` is what the connection keeps: None = its connector's, [] = none. `problems` says what can't be read."""

    def __init__(
        self, connection: Connection, declared: tuple[Limit, ...], posted: Mapping[str, Any] | None
    ) -> None:
        own = connection.own_limits
        self.declared = ", ".join(_words(limit) for limit in declared) or "no limit"
        self.modes, self.units, self.problems = MODES, UNITS, list[str]()
        self._posted = posted
        stored = own or []
        kept = "declared" if own is None else "own" if own else "none"
        self.mode = self._typed("limits-mode", kept)
        self.scope = self._typed("limits-scope", stored[0]["scope"] if stored else "connection")
        at_once = next((one["concurrent"] for one in stored if one.get("concurrent")), "")
        self.concurrent = self._typed("limits-concurrent", str(at_once))
        rates = [_rate(one) for one in stored if one.get("calls")]
        self.rates = [
            self._row(number, rates[number] if number < len(rates) else Rate()) for number in range(ROWS)
        ]
        self.value = self._value() if posted is not None and "limits-mode" in posted else own

    @property
    def rows(self) -> list[tuple[int, Rate]]:
        """Numbered, for the page."""
        return list(enumerate(self.rates))

    def _row(self, number: int, kept: Rate) -> Rate:
        return Rate(
            self._typed(f"limits-calls-{number}", kept.calls),
            self._typed(f"limits-count-{number}", kept.count),
            self._typed(f"limits-unit-{number}", kept.unit),
        )

    def _typed(self, name: str, kept: str) -> str:
        return kept if self._posted is None else str(self._posted.get(name, kept)).strip()

    def _value(self) -> list[dict[str, Json]] | None:
        if self.mode != "own":
            return [] if self.mode == "none" else None
        scope = self.scope if self.scope in {"connection", "account"} else "connection"
        found: list[dict[str, Json]] = []
        for rate in self.rates:
            if rate.calls and (limit := self._limit(rate)):
                found.append({"scope": scope, **limit})
        if self.concurrent:
            if _NUMBER.fullmatch(self.concurrent):
                found.append({"scope": scope, "concurrent": int(self.concurrent)})
            else:
                self.problems.append("Limits: how many calls at once is a whole number from 1.")
        if not found and not self.problems:
            self.problems.append("Limits: say how many calls there may be, or choose “No limit”.")
        return found

    def _limit(self, rate: Rate) -> dict[str, Json] | None:
        if not _NUMBER.fullmatch(rate.calls) or not _NUMBER.fullmatch(rate.count):
            self.problems.append("Limits: calls and the time they are counted in are whole numbers from 1.")
            return None
        if rate.unit not in dict(UNITS):
            self.problems.append("Limits: calls are counted in seconds, minutes, hours or days.")
            return None
        return {"calls": int(rate.calls), "per": f"{rate.count}{rate.unit}"}


def _rate(stored: Mapping[str, Json]) -> Rate:
    found = _PER.fullmatch(str(stored.get("per", "")))
    count, unit = found.groups() if found else ("1", "m")
    return Rate(str(stored["calls"]), count, unit)


def _words(limit: Limit) -> str:
    if limit.calls:
        return said(Allowance(limit.calls, limit.seconds))
    return f"{limit.concurrent} calls at once"
