"""Deals for people, demos and tests: add one (given or made up), move one, show them on a board."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypedDict

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.box_edit import set_values
from connectors.streak.sandbox.boxes import box_view, edit_box, new_box, remove_box
from connectors.streak.sandbox.contacts import new_contact
from connectors.streak.sandbox.fields import option_key
from connectors.streak.sandbox.members import the_team
from connectors.streak.sandbox.organizations import new_organization
from connectors.streak.sandbox.webhooks import send_again

__all__ = ["CONTROL", "Deal", "add_deal", "board", "card"]

_LINE = ("sku", "description", "category", "quantity", "unit_price", "tax")


class Deal(TypedDict, total=False):
    """What `POST /api/deals` takes. `customer` holds organization, domain, given_name, family_name, email, phone,
    address; `contact_key`, `organization_key` use existing ones instead; `lines` hold sku, description, category,
    quantity, unit_price, tax; `fields` are custom fields by name, option labels as values; `close_date` is ISO."""

    name: str
    stage: str
    customer: Mapping[str, Json]
    contact_key: str
    organization_key: str
    currency: str
    lines: Sequence[Mapping[str, Json]]
    tax: str
    close_date: str
    fields: Mapping[str, Json]


def add_deal(world: World, deal: Deal, pipeline: Record, creator: str) -> Record:
    """Save a deal with its contact and organization; returns the box."""
    organization = _organization(world, deal)
    contact = _contact(world, deal, creator, organization)
    values = {"Amount": _amount(deal), "Currency": deal.get("currency"), "Tax": deal.get("tax")}
    values |= {"Line items": _line_items(deal), "Close date": _millis(deal.get("close_date", ""))}
    values |= dict(deal.get("fields") or {})
    fields = _by_key(pipeline, values)
    given = {
        "stageKey": _stage_key(
            pipeline, deal.get("stage") or pipeline["stages"][pipeline["stageOrder"][0]]["name"]
        ),
        "fields": set_values(world, {"pipelineKey": pipeline["key"], "fields": {}}, fields),
        "contacts": [{"key": contact, "isStarred": False, "isAutoboxed": False}] if contact else [],
        "organizations": [{"key": organization, "isStarred": False, "isAutoboxed": False}]
        if organization
        else [],
        "assigned": [creator],
    }
    return new_box(world, pipeline, deal["name"], creator, **given)


def _amount(deal: Deal) -> str | None:
    try:
        net = sum(
            (Decimal(str(one["quantity"])) * Decimal(str(one["unit_price"])) for one in deal["lines"]),
            Decimal(),
        )
    except (InvalidOperation, KeyError):
        return None
    return f"{net:.2f}"


def _line_items(deal: Deal) -> str:
    return json.dumps(
        [{name: line.get(name) for name in _LINE} for line in deal.get("lines", ())], ensure_ascii=False
    )


def _millis(day: str) -> int | None:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000) if day else None


def _organization(world: World, deal: Deal) -> str:
    customer = deal.get("customer") or {}
    if deal.get("organization_key") or not customer.get("organization"):
        return deal.get("organization_key", "")
    domain = str(customer.get("domain", ""))
    if domain and (known := world.records.find("organization", "domain", domain)):
        return str(known[0]["key"])
    body = {
        "name": customer["organization"],
        "domains": [domain] if domain else [],
        "industry": customer.get("industry"),
        "phoneNumbers": [customer["phone"]] if customer.get("phone") else [],
        "addresses": [customer["address"]] if customer.get("address") else [],
    }
    return str(new_organization(world, the_team(world)["key"], body)["key"])


def _contact(world: World, deal: Deal, creator: str, organization: str) -> str:
    customer = deal.get("customer") or {}
    if deal.get("contact_key") or not (customer.get("email") or customer.get("given_name")):
        return deal.get("contact_key", "")
    email = str(customer.get("email", "")).lower()
    if email and (known := world.records.find("contact", "email", email)):
        return str(known[0]["key"])
    body = {
        "givenName": customer.get("given_name"),
        "familyName": customer.get("family_name"),
        "emailAddresses": [email] if email else [],
        "phoneNumbers": [customer["phone"]] if customer.get("phone") else [],
        "addresses": [customer["address"]] if customer.get("address") else [],
    }
    contact = new_contact(world, the_team(world)["key"], creator, body)
    if organization:
        link = {"key": organization, "isMagicLinked": True, "creationTimestamp": world.clock.millis()}
        world.records.put("contact", contact["key"], contact | {"orgLinks": [link]})
    return str(contact["key"])


def _by_key(pipeline: Record, values: Mapping[str, Json]) -> dict[str, Json]:
    """Values by field key from values by field name; labels of options become their keys."""
    found: dict[str, Json] = {}
    for field in pipeline["fields"]:
        value = values.get(field["name"])
        if value is not None and field["type"] == "DROPDOWN":
            value = option_key(field, str(value)) or None
        elif value is not None and field["type"] == "TAG":
            value = [key for label in value if (key := option_key(field, label))]
        if value is not None:
            found[field["key"]] = value
    return found


def _stage_key(pipeline: Record, stage: str) -> str:
    for key, one in pipeline["stages"].items():
        if stage in (key, one["name"]):
            return str(key)
    raise ValueError(f"The pipeline has no stage called {stage!r}.")


def _made_up(world: World, given: Mapping[str, Json]) -> Deal:
    """A deal with everything that wasn't given made up."""
    from connectors.streak.sandbox.company import company_data  # noqa: PLC0415 - the company's seeding uses this file

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
    deal.update({name: value for name, value in given.items() if name in Deal.__annotations__})  # type: ignore[typeddict-item]
    return deal


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
    body = request.json() if request.body else {}
    if not isinstance(body, dict):
        raise ValueError("Send a JSON object.")
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
    saved = edit_box(world, box, {"stageKey": _stage_key(pipeline, str(request.json().get("stage", "")))})
    return Reply(_summary(world, saved or box))


def change(world: World, request: Request) -> Reply:
    """Change a deal by hand: {name?, lines?, fields?}; lines change the amount too."""
    box, body = _box(world, request), request.json()
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or {}
    values = dict(body.get("fields") or {})
    if "lines" in body:
        values |= {"Line items": _line_items(body), "Amount": _amount(body)}
    update = {"fields": _by_key(pipeline, values)} | ({"name": body["name"]} if "name" in body else {})
    return Reply(_summary(world, edit_box(world, box, update) or box))


def drop(world: World, request: Request) -> Reply:
    remove_box(world, _box(world, request))
    return Reply({"success": True})


def resend(world: World, request: Request) -> Reply:
    body = request.json() if request.body else {}
    return Reply({"queued": send_again(world, int(body.get("times", 1)))})


def _value(pipeline: Record, box: Record, name: str) -> Json:
    for field in pipeline["fields"]:
        if field["name"] == name:
            value = box["fields"].get(field["key"])
            if field["type"] == "DROPDOWN":
                labels = {option["key"]: option["name"] for option in field["dropdownSettings"]["items"]}
                return labels.get(value)
            return value
    return None


def card(world: World, box: Record) -> dict[str, Json]:
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or {}
    company = (
        world.records.get("organization", box["organizations"][0]["key"]) if box["organizations"] else None
    )
    return {
        "key": box["key"],
        "title": box["name"],
        "subtitle": company["name"] if company else "",
        "stage": pipeline["stages"][box["stageKey"]]["name"],
        "amount": _value(pipeline, box, "Amount"),
        "currency": _value(pipeline, box, "Currency"),
        "mark": _value(pipeline, box, "Sage invoice"),
        "moved_at": box["lastStageChangeTimestamp"],
    }


def board(world: World) -> Json:
    """The first pipeline's stages as lanes, each with its count and its newest deals."""
    pipeline = world.records.all("pipeline")[0]
    lanes: dict[str, list[Record]] = {key: [] for key in pipeline["stageOrder"]}
    for box in world.records.find("box", "pipeline", pipeline["key"]):
        lanes[box["stageKey"]].append(box)
    newest = {
        key: sorted(boxes, key=lambda box: -int(box["lastStageChangeTimestamp"]))
        for key, boxes in lanes.items()
    }
    return {
        "title": f"{pipeline['name']} pipeline",
        "lanes": [
            {
                "key": key,
                "title": pipeline["stages"][key]["name"],
                "count": len(boxes),
                "cards": [card(world, box) for box in boxes[:30]],
            }
            for key, boxes in newest.items()
        ],
    }


CONTROL = (
    Route("POST", "/api/deals", create),
    Route("POST", "/api/deals/<box>/move", move),
    Route("POST", "/api/deals/<box>/change", change),
    Route("DELETE", "/api/deals/<box>", drop),
    Route("POST", "/api/webhooks/resend", resend),
)
