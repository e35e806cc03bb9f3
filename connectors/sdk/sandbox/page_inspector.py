"""The lower half of the page: records of a system, one of them in full, and the traffic of the last minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from connectors.sdk.sandbox.http import Request
from connectors.sdk.sandbox.markup import badge, short_path, summary, text, tree
from connectors.sdk.sandbox.simulator import Kind, Simulator, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

if TYPE_CHECKING:
    from connectors.sdk.sandbox.host import SandboxHost

__all__ = ["Choice", "detail", "rows", "tabs", "traffic"]

MOST_ROWS = 50
SHORT = 16
MOST_TRAFFIC = 60
MINUTE = 60_000
REFUSED, FAILED = 400, 500


@dataclass(frozen=True)
class Choice:
    """What the inspector shows."""

    simulator: Simulator
    kind: Kind
    record: str

    @staticmethod
    def read(host: "SandboxHost", request: Request) -> "Choice":
        """The choice in the query; without one, the second system's first kind."""
        simulators = list(host.simulators.values())
        simulator = host.simulators.get(request.query("system"), simulators[:2][-1])
        kinds = {kind.id: kind for kind in simulator.kinds}
        return Choice(
            simulator, kinds.get(request.query("kind"), simulator.kinds[0]), request.query("record")
        )

    def link(self, **changes: str) -> str:
        """The address of this choice with changes."""
        query = {"system": self.simulator.id, "kind": self.kind.id, "record": self.record} | changes
        return "?" + urlencode({name: value for name, value in query.items() if value})


def tabs(host: "SandboxHost", choice: Choice) -> str:
    """Which system, which kind of record."""
    systems = [
        (one.title, choice.link(system=one.id, kind="", record=""), one is choice.simulator)
        for one in host.simulators.values()
    ]
    kinds = [
        (kind.title, choice.link(kind=kind.id, record=""), kind is choice.kind)
        for kind in choice.simulator.kinds
    ]
    return _segments("System", systems) + _segments("Kind of record", kinds)


def _segments(label: str, items: Sequence[tuple[str, str, bool]]) -> str:
    inner = "".join(
        f'<a id="g-{text(label[0])}{number}" data-choose href="{text(link)}"{" aria-current=true" if on else ""}>{text(title)}</a>'
        for number, (title, link, on) in enumerate(items)
    )
    return f'<nav class="seg" aria-label="{text(label)}">{inner}</nav>'


def _key(record: Record) -> str:
    return str(record.get("key") or record.get("id") or "")


def _records(host: "SandboxHost", choice: Choice) -> tuple[World, list[Record]]:
    world = host.worlds[choice.simulator.id]
    return world, [one for one in world.records.all(choice.kind.id)[::-1] if not one.get("deleted_at")]


def _chosen(choice: Choice, records: Sequence[Record]) -> Record | None:
    return next((one for one in records if _key(one) == choice.record), records[0] if records else None)


def rows(host: "SandboxHost", choice: Choice) -> str:
    """The newest records as a table."""
    world, records = _records(host, choice)
    if not records:
        return f'<p class="empty t3">There are no {text(choice.kind.title.lower())} yet.</p>'
    chosen = _chosen(choice, records)
    head = "".join(
        f'<th scope="col"{_right(column.numeric)}>{text(column.title)}</th>' for column in choice.kind.columns
    )
    body = "".join(_row(world, choice, record, record is chosen) for record in records[:MOST_ROWS])
    foot = f'<p class="t3 sm foot">{min(len(records), MOST_ROWS)} of {len(records)}</p>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"


def _right(numeric: object) -> str:
    return ' class="r num"' if numeric else ""


def _row(world: World, choice: Choice, record: Record, chosen: object) -> str:
    key = text(_key(record))
    cells: list[str] = []
    for column in choice.kind.columns:
        shown = column.show(world, record)
        inner = text(shown)
        if not cells:
            address = text(choice.link(record=_key(record)))
            inner = f'<a id="r-{key}" data-choose href="{address}">{inner}</a>'
        cells.append(f"<td{_right(column.numeric) or _short(shown)}>{inner}</td>")
    return f"<tr{' class=sel aria-current=true' if chosen else ''}>{''.join(cells)}</tr>"


def _short(shown: str) -> str:
    return ' class="num"' if len(shown) <= SHORT else ""


def detail(host: "SandboxHost", choice: Choice) -> str:
    """The chosen record: for people first, then every attribute."""
    world, records = _records(host, choice)
    record = _chosen(choice, records)
    if record is None:
        return ""
    told = summary(choice.kind.summary(world, record)) if choice.kind.summary else ""
    whole = tree(choice.kind.view(world, record))
    state = "" if told else " open"
    return f'{told}<details{state}><summary>All attributes</summary><div class="tree">{whole}</div></details>'


def traffic(host: "SandboxHost") -> str:
    """The newest exchanges of the last minute."""
    since = host.clock.millis() - MINUTE
    items = [one for one in host.traffic.after(0, MOST_TRAFFIC)["items"][::-1] if one["at"] >= since]
    if not items:
        return '<li class="empty t3">Nothing in the last minute.</li>'
    names = {simulator.id: simulator.monogram for simulator in host.simulators.values()}
    return "".join(_exchange(one, names) for one in items)


def _exchange(one: Json, names: dict[str, str]) -> str:
    at = datetime.fromtimestamp(one["at"] / 1000, UTC)
    what = f"{one['method']} {one['path']}" + (f", {one['fault'].replace('_', ' ')}" if one["fault"] else "")
    return f"""<li title="{text(what)}"><span class="num t3">{at:%H:%M:%S}</span><span class="t3">{text(names[one["system"]])}</span><span>{text(one["method"])}</span>
<span class="mono ell">{text(short_path(one["path"]))}</span>{_status(one)}</li>"""


def _status(one: Json) -> str:
    status = one["status"]
    if not status:
        return badge("lost" if one["fault"] != "hang" else "hung", "triangle-alert", "warn")
    if status >= FAILED or one["fault"]:
        return badge(str(status), "triangle-alert", "warn")
    return badge(str(status), "circle-x" if status >= REFUSED else "check", "" if status >= REFUSED else "ok")
