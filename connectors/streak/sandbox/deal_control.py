"""What the control API does with deals: add one (given or made up), move, change and drop it, send a webhook again."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from connectors.sdk.sandbox.http import Reply, Request, read_object
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.boxes import box_view, edit_box, remove_box
from connectors.streak.sandbox.company import company_data
from connectors.streak.sandbox.deal_board import card
from connectors.streak.sandbox.deals import Deal, add_deal, line_values, stage_key, values_by_key
from connectors.streak.sandbox.webhooks import send_again, send_lost

__all__ = ["CONTROL"]


def _made_up(world: World, given: Mapping[str, Json]) -> Deal:
    """A deal with everything that wasn't given made up."""
    account = world.records.get("account", "team") or {}
    data = company_data(account["company"])
    tag = secrets.token_hex(2)
    name, domain = secrets.choice(data["more_names"])
    person = secrets.choice(data["more_people"])
    email = f"{person[0]}.{person[1]}.{tag}@{domain}".lower().replace(" ", "")
    currency = given.get("currency") or secrets.choice(["GBP", "GBP", "EUR", "USD"])
    products = [one for one in data["products"] if one["category"] != "Freight"]
    picked = [secrets.choice(products) for _ in range(1 + secrets.randbelow(3))]
    lines = [one | {"quantity": str(2 + secrets.randbelow(38))} for one in picked]
    home = currency == "GBP"
    customer = {"organization": f"{name} {tag.upper()}", "domain": f"{tag}.{domain}", "email": email}
    customer |= {"given_name": person[0], "family_name": person[1], "phone": "+44 20 7946 0958"}
    customer |= {"address": "1 Example Street, London EC1A 1BB, GB"}
    deal: Deal = {
        "name": f"{name} - {lines[0]['quantity']} × {picked[0]['description'].partition(',')[0].lower()}",
        "stage": "Negotiation",
        "customer": customer,
        "currency": currency,
        "lines": [line if home else line | {"tax": "zero"} for line in lines],
        "tax": "Standard" if home else "Zero",
        "close_date": (world.clock.now() + timedelta(days=7)).date().isoformat(),
        "fields": {"Payment terms": "Net 30"},
    }
    wanted = {name: value for name, value in given.items() if name in Deal.__annotations__}
    return cast("Deal", {**deal, **wanted})


def _summary(world: World, box: Record) -> Json:
    keys = {
        name: box[f"{name}s"][0]["key"] if box[f"{name}s"] else "" for name in ("contact", "organization")
    }
    view = card(world, box)
    return view | {
        "contact_key": keys["contact"],
        "organization_key": keys["organization"],
        "box": box_view(world, box),
    }


def create(world: World, request: Request) -> Reply:
    body = read_object(request)
    pipeline = world.records.all("pipeline")[0]
    deal = _made_up(world, body)
    return Reply(_summary(world, add_deal(world, deal, pipeline, pipeline["creatorKey"])), 201)


def _box(world: World, request: Request) -> Record:
    box = world.records.get("box", request.params["box"])
    if box is None:
        raise ValueError("The sandbox has no such deal.")
    return box


def move(world: World, request: Request) -> Reply:
    box = _box(world, request)
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or {}
    saved = edit_box(
        world, box, {"stageKey": stage_key(pipeline, str(read_object(request).get("stage", "")))}
    )
    return Reply(_summary(world, saved or box))


def change(world: World, request: Request) -> Reply:
    """Change a deal by hand: {name?, lines?, fields?}; lines change the amount too."""
    box, body = _box(world, request), read_object(request)
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or {}
    values = dict(body.get("fields") or {})
    if "lines" in body:
        values |= line_values(body["lines"])
    update = {"fields": values_by_key(pipeline, values)} | ({"name": body["name"]} if "name" in body else {})
    return Reply(_summary(world, edit_box(world, box, update) or box))


def drop(world: World, request: Request) -> Reply:
    remove_box(world, _box(world, request))
    return Reply({"success": True})


def resend(world: World, request: Request) -> Reply:
    """Send the last webhook again: {times?}, or with {lost: true} every one that the fault "drop" has lost."""
    body = read_object(request)
    queued = send_lost(world) if body.get("lost") else send_again(world, int(body.get("times", 1)))
    return Reply({"queued": queued})


CONTROL = (
    Route("POST", "/api/deals", create),
    Route("POST", "/api/deals/<box>/move", move),
    Route("POST", "/api/deals/<box>/change", change),
    Route("DELETE", "/api/deals/<box>", drop),
    Route("POST", "/api/webhooks/resend", resend),
)
