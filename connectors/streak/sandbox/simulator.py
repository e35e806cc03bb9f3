"""The Streak simulator as the sandbox sees it."""

from collections.abc import Mapping, Sequence

from connectors.sdk.sandbox.faults import HTTP_FAULTS, FaultKind
from connectors.sdk.sandbox.simulator import Column, Kind, Simulator, World
from connectors.sdk.sandbox.store import Index, Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox import (
    activity,
    box_values,
    boxes,
    contacts,
    deal_board,
    deal_control,
    fields,
    mail,
    meetings,
    members,
    organizations,
    pipelines,
    search,
    stories,
    webhooks,
)
from connectors.streak.sandbox.company import API_KEY, seed
from connectors.streak.sandbox.delivery import Deliveries
from connectors.streak.sandbox.refusals import guard, lost, refusal

__all__ = ["SIMULATOR"]

_WEBHOOK_FAULTS = (
    FaultKind("duplicate", "Send webhooks twice", "webhook"),
    FaultKind("reorder", "Send webhooks out of order", "webhook", millis=1500),
    FaultKind("drop", "Lose webhooks", "webhook"),
    FaultKind("delay", "Send webhooks late", "webhook", millis=5000),
    FaultKind("page_objects", "Answer box pages as objects", "quirk"),
)


SHORT = 12


def _one(name: str) -> Index:
    return lambda record: [str(record[name])]


_INDEXES: Mapping[str, Mapping[str, Index]] = {
    "box": {"pipeline": _one("pipelineKey")},
    "contact": {"email": lambda record: list(record["emailAddresses"])},
    "organization": {"domain": lambda record: list(record["normalizedDomains"])},
    "comment": {"box": _one("boxKey")},
    "task": {"box": _one("boxKey")},
    "meeting": {"box": _one("boxKey")},
    "thread": {"box": _one("boxKey")},
    "file": {"box": _one("boxKey")},
    "story": {"box": _one("boxKey"), "pipeline": _one("pipelineKey")},
    "webhook": {"scope": lambda record: [record["pipelineKey"] or record["teamKey"]]},
    "delivery": {"webhook": _one("webhook"), "about": _one("about")},
}


def _stage(world: World, box: Record) -> str:
    pipeline = world.records.get("pipeline", box["pipelineKey"])
    return str(pipeline["stages"][box["stageKey"]]["name"]) if pipeline else ""


def _amount(world: World, box: Record) -> str:
    return str(deal_board.card(world, box)["money"])


def _invoice(world: World, box: Record) -> str:
    mark = str(deal_board.card(world, box)["mark"] or "")
    return f"{mark[:8]}…" if len(mark) > SHORT else mark


def _person(_world: World, contact: Record) -> str:
    return " ".join(filter(None, [contact["givenName"], contact["familyName"]]))


def _same(_world: World, record: Record) -> Json:
    return record


_KINDS = (
    Kind(
        "box",
        "Boxes",
        (
            Column("Box", lambda _world, box: str(box["name"])),
            Column("Stage", _stage),
            Column("Amount", _amount, numeric=True),
            Column("Sage invoice", _invoice),
        ),
        boxes.box_view,
        deal_board.summary,
    ),
    Kind(
        "contact",
        "Contacts",
        (Column("Contact", _person), Column("E-mail", lambda _world, one: ", ".join(one["emailAddresses"]))),
        _same,
    ),
    Kind(
        "organization",
        "Organizations",
        (
            Column("Organization", lambda _world, one: str(one["name"] or "")),
            Column("Domain", lambda _world, one: ", ".join(one["domains"])),
        ),
        _same,
    ),
    Kind(
        "webhook",
        "Webhooks",
        (
            Column("Event", lambda _world, one: str(one["event"])),
            Column("Target", lambda _world, one: str(one["targetUrl"])),
        ),
        lambda _world, one: one | {"token": "set" if one["token"] else None},
    ),
    Kind(
        "delivery",
        "Deliveries waiting",
        (
            Column("Event", lambda _world, one: str(one["event"])),
            Column("Attempts", lambda _world, one: str(one["attempts"]), numeric=True),
        ),
        lambda _world, one: one | {"token": "set" if one["token"] else None},
    ),
)


def _account(world: World) -> Mapping[str, str]:
    account = world.records.get("account", "team") or {}
    return {"id": str(account.get("id", "")), "name": str(account.get("name", ""))}


_ROUTES = (
    *members.ROUTES,
    *pipelines.ROUTES,
    *fields.ROUTES,
    *boxes.ROUTES,
    *box_values.ROUTES,
    *contacts.ROUTES,
    *organizations.ROUTES,
    *search.ROUTES,
    *activity.ROUTES,
    *meetings.ROUTES,
    *mail.ROUTES,
    *stories.ROUTES,
    *webhooks.ROUTES,
)
_FAULTS: Sequence[FaultKind] = (*HTTP_FAULTS, *_WEBHOOK_FAULTS)

SIMULATOR = Simulator(
    id="streak",
    title="Streak",
    monogram="ST",
    api_path="/api",
    flag="streak",
    routes=_ROUTES,
    faults=_FAULTS,
    kinds=_KINDS,
    guard=guard,
    refusal=refusal,
    lost=lost,
    seed=seed,
    account=_account,
    access=lambda _world: {"api_key": API_KEY},
    indexes=_INDEXES,
    control=deal_control.CONTROL,
    board=deal_board.board,
    background=Deliveries,
)
