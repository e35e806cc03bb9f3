"""The upper half of the page: the board of deals and the systems with their fault switches."""

from typing import TYPE_CHECKING

from connectors.sdk.sandbox.markup import badge, icon, options, text
from connectors.sdk.sandbox.simulator import Simulator, World
from connectors.sdk.wire import Json

if TYPE_CHECKING:
    from connectors.sdk.sandbox.host import SandboxHost

__all__ = ["board", "board_actions", "clock", "dialogs", "systems"]

SOME = 5
_MODES = (
    ("off", "off"),
    ("next", "next only"),
    ("count", f"next {SOME}"),
    ("share", "1 in 10"),
    ("always", "always"),
)


def clock(host: "SandboxHost") -> str:
    """The sandbox's time."""
    now = host.clock.now()
    return f'{icon("clock")}<time class="num" datetime="{now.isoformat()}">Sandbox clock {now:%d %b %Y, %H:%M} UTC</time>'


def _board(host: "SandboxHost") -> Json:
    for simulator in host.simulators.values():
        if simulator.board:
            return simulator.board(host.worlds[simulator.id])
    return None


def board(host: "SandboxHost") -> str:
    """Lanes with their cards."""
    found = _board(host)
    return "".join(_lane(found, lane) for lane in found["lanes"]) if found else ""


def _lane(found: Json, lane: Json) -> str:
    cards = "".join(_card(found, lane, card) for card in lane["cards"])
    more = lane["count"] - len(lane["cards"])
    rest = f'<p class="t3 sm">and {more} more</p>' if more > 0 else ""
    return f"""<section class="lane" data-lane="{text(lane["key"])}" data-title="{text(lane["title"])}" aria-label="{text(lane["title"])}">
<h3>{text(lane["title"])}<span class="t3 num">{lane["count"]}</span></h3><ul>{cards}</ul>{rest}</section>"""


def _card(found: Json, lane: Json, card: Json) -> str:
    key, title = text(card["key"]), text(card["title"])
    mark = (
        f'<p class="mark">{badge("Invoice " + str(card["mark"])[:8], "check", "ok")}</p>'
        if card["mark"]
        else ""
    )
    others = [(one["key"], one["title"]) for one in found["lanes"] if one["key"] != lane["key"]]
    path = text(found["move"].format(key=card["key"]))
    return f"""<li class="deal" draggable="true" data-path="{path}" data-title="{title}">
<p class="name">{title}</p><p class="row sm t3"><span class="ell">{text(card["subtitle"])}</span><span class="num push">{text(card["money"])}</span></p>{mark}
<select id="m-{key}" class="move" data-path="{path}" data-title="{title}" aria-label="Move {title} to"><option value="">Move to…</option>{options(others)}</select></li>"""


def board_actions(host: "SandboxHost") -> str:
    """The buttons above the board."""
    found = _board(host)
    if not found:
        return ""
    again = found["again"]
    return f"""<button class="btn" data-open="add">{icon("plus")} {text(found["add"]["title"])}</button>
<button class="btn" data-post="{text(again["path"])}" data-body='{{"times":1}}' data-again>{icon("copy-plus")} {text(again["title"])}</button>"""


def systems(host: "SandboxHost") -> str:
    """One card per simulated system."""
    return "".join(_system(one, host.worlds[one.id]) for one in host.simulators.values())


def _system(simulator: Simulator, world: World) -> str:
    faults = world.faults.view()
    on = sum(1 for fault in faults if fault["mode"] != "off")
    state = (
        badge(f"{on} fault{'s' if on > 1 else ''} on", "triangle-alert", "warn")
        if on
        else badge("Answering", "circle-check", "ok")
    )
    counts = " · ".join(f"{world.records.count(kind.id)} {kind.title.lower()}" for kind in simulator.kinds)
    switches = "".join(_switch(simulator.id, fault) for fault in faults)
    account = simulator.account(world)
    return f"""<section class="card system{" armed" if on else ""}" aria-label="{text(simulator.title)}">
<header><span class="sys" aria-hidden="true">{text(simulator.monogram)}</span><h2>{text(simulator.title)}</h2>{state}<div class="grow"></div>
<span class="mono t3">{text(world.origin.rpartition("/")[2])}{text(simulator.api_path)}</span></header>
<ul class="faults">{switches}</ul>
<footer class="sm t3"><span>{text(counts)}</span><span class="mono ell" title="{text(account["id"])}">{text(account["name"])}, account …{text(account["id"][-6:])}</span></footer></section>"""


def _switch(system: str, fault: Json) -> str:
    name, on = f"{system}-{fault['id']}", fault["mode"] != "off"
    data = f'data-system="{text(system)}" data-kind="{text(fault["id"])}" data-quirk="{"1" if fault["at"] == "quirk" else ""}"'
    modes = (("off", "off"), ("always", "on")) if fault["at"] == "quirk" else _modes(fault)
    hits = f'<span class="hits num">{fault["hits"]}×</span>' if fault["hits"] else ""
    return f"""<li{' class="on"' if on else ""}><button id="s-{name}" class="sw" role="switch" aria-checked="{"true" if on else "false"}" {data} aria-labelledby="t-{name}"></button>
<span id="t-{name}" class="grow">{text(fault["title"])}</span>{hits}
<select id="f-{name}" class="mode" {data} aria-label="{text(fault["title"])}: how often">{options(modes, fault["mode"])}</select></li>"""


def _modes(fault: Json) -> tuple[tuple[str, str], ...]:
    words = dict(_MODES) | ({"next": "next write"} if fault["scope"] == "writes" else {})
    if fault["mode"] == "count":
        words["count"] = f"next {fault['left']}"
    return tuple(words.items())


def dialogs(host: "SandboxHost") -> str:
    """What a person is asked before a deal is added and before everything starts over."""
    reset = f"""<dialog id="d-reset" aria-labelledby="h-reset"><form method="dialog" data-post="/api/reset" data-done="Everything is back at the start.">
<h2 id="h-reset">Reset to the start</h2><p>Both companies come back as they were, under new account ids. What was added since is gone: deals, customers, invoices and waiting webhooks.</p>
<p>API key, tokens and webhook registrations stay. Interlock sees other accounts afterwards, so test its connections again.</p>
<footer><button type="button" class="btn" data-close>Cancel</button><button class="btn danger">{icon("rotate-ccw")} Reset to the start</button></footer></form></dialog>"""
    found = _board(host)
    return reset + (_add(found["add"]) if found else "")


def _add(form: Json) -> str:
    fields = "".join(_field(field) for field in form["fields"])
    return f"""<dialog id="d-add" aria-labelledby="h-add"><form method="dialog" data-post="{text(form["path"])}" data-done="Added">
<h2 id="h-add">{text(form["title"])}</h2><p class="t2">What you leave empty is made up.</p><div class="fields">{fields}</div>
<footer><button type="button" class="btn" data-close>Cancel</button><button class="btn p">{text(form["title"])}</button></footer></form></dialog>"""


def _field(field: Json) -> str:
    name = text(field["name"])
    if field.get("options"):
        control = f'<select id="a-{name}" name="{name}">{options(field["options"])}</select>'
    else:
        control = (
            f'<input id="a-{name}" name="{name}" type="{text(field.get("type", "text"))}" autocomplete="off">'
        )
    return f'<label for="a-{name}">{text(field["label"])}{control}</label>'
