"""A deal as people, demos and tests describe it, saved as a box with its contact and organization."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypedDict

from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.box_edit import set_values
from connectors.streak.sandbox.boxes import new_box
from connectors.streak.sandbox.contacts import new_contact
from connectors.streak.sandbox.fields import option_key
from connectors.streak.sandbox.members import the_team
from connectors.streak.sandbox.organizations import new_organization

__all__ = ["Deal", "add_deal", "line_values", "stage_key", "values_by_key"]

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
    values = line_values(deal.get("lines") or ())
    values |= {"Currency": deal.get("currency"), "Tax": deal.get("tax")}
    values |= {"Close date": _millis(deal.get("close_date", ""))} | dict(deal.get("fields") or {})
    fields = values_by_key(pipeline, values)
    given = {
        "stageKey": stage_key(
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


def line_values(lines: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """The custom fields that come from a deal's lines, by name: the lines as JSON text, and their sum."""
    kept = [{name: line.get(name) for name in _LINE} for line in lines]
    return {"Line items": json.dumps(kept, ensure_ascii=False), "Amount": _amount(lines)}


def _amount(lines: Sequence[Mapping[str, Json]]) -> str | None:
    try:
        parts = [Decimal(str(line["quantity"])) * Decimal(str(line["unit_price"])) for line in lines]
    except (InvalidOperation, KeyError):
        return None
    return f"{sum(parts, Decimal()):.2f}"


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


def values_by_key(pipeline: Record, values: Mapping[str, Json]) -> dict[str, Json]:
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


def stage_key(pipeline: Record, stage: str) -> str:
    """A stage's key from its key or name; raises `ValueError`."""
    for key, one in pipeline["stages"].items():
        if stage in (key, one["name"]):
            return str(key)
    raise ValueError(f"The pipeline has no stage called {stage!r}.")
