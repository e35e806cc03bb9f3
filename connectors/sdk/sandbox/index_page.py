"""The index page of the sandbox: a bench to move deals, arm faults and watch. Rendered here, refreshed by its script."""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.markup import text
from connectors.sdk.sandbox.page_bench import board, board_actions, clock, dialogs, systems
from connectors.sdk.sandbox.page_inspector import Choice, detail, rows, tabs, traffic

if TYPE_CHECKING:
    from connectors.sdk.sandbox.host import SandboxHost

__all__ = ["asset", "page", "regions"]

_ASSETS = Path(__file__).parent / "assets"
_TYPES: Mapping[str, str] = {
    "sandbox.css": "text/css; charset=utf-8",
    "sandbox.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def regions(host: "SandboxHost", request: Request) -> dict[str, str]:
    """The parts of the page that change, by the id of their place."""
    choice = Choice.read(host, request)
    return {
        "clock": clock(host),
        "board": board(host),
        "systems": systems(host),
        "tabs": tabs(host, choice),
        "rows": rows(host, choice),
        "detail": detail(host, choice),
        "traffic": traffic(host),
    }


def page(host: "SandboxHost", request: Request) -> Reply:
    """The page at the control port; the query says what the inspector shows."""
    *others, last = (simulator.title for simulator in host.simulators.values())
    names = f"{', '.join(others)} and {last}" if others else last
    told = regions(host, request) | {
        "names": text(names),
        "sprite": (_ASSETS / "icons.svg").read_text(encoding="utf-8"),
        "board_title": text(_board_title(host)),
        "board_actions": board_actions(host),
        "dialogs": dialogs(host),
    }
    shell = Template((_ASSETS / "page.html").read_text(encoding="utf-8"))
    body = shell.substitute(told)
    return Reply(raw=body.encode(), headers=_HEADERS, content_type="text/html; charset=utf-8")


def _board_title(host: "SandboxHost") -> str:
    for simulator in host.simulators.values():
        if simulator.board:
            return str(simulator.board(host.worlds[simulator.id])["title"])
    return "Board"


def asset(name: str) -> Reply:
    """One of the page's files."""
    if name not in _TYPES:
        return Reply({"detail": "There is no such file."}, 404)
    return Reply(raw=(_ASSETS / name).read_bytes(), headers=_HEADERS, content_type=_TYPES[name])
