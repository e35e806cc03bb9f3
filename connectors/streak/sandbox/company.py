"""Fills an empty Streak with a company: team, people, pipeline, fields, deals."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import cast

from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.deals import Deal, add_deal
from connectors.streak.sandbox.fields import add_field
from connectors.streak.sandbox.keys import new_key
from connectors.streak.sandbox.pipelines import new_pipeline, save_pipeline

__all__ = ["API_KEY", "company_data", "seed"]

API_KEY = "strk_sandbox_harlow_finch"
"""The API key the sandbox is born with. It opens nothing but the sandbox."""

_FORGOTTEN = (
    "account",
    "team",
    "user",
    "pipeline",
    "box",
    "contact",
    "organization",
    "comment",
    "task",
    "meeting",
    "thread",
    "file",
    "story",
    "delivery",
)


def company_data(company: str) -> Json:
    """The seed file of a company; raises `ValueError` for an unknown one."""
    folder = Path(__file__).parent / "companies"
    names = sorted(path.stem for path in folder.glob("*.json"))
    if company not in names:
        raise ValueError(f"There is no company called {company!r}; there is {', '.join(names)}.")
    return json.loads((folder / f"{company}.json").read_text(encoding="utf-8"))


def seed(world: World, company: str) -> None:
    """Put the company's records in place of what is there. API keys stay good; registered webhooks move to the new
    pipeline and team, so that whoever listens goes on listening."""
    data = company_data(company)
    webhooks = world.records.all("webhook")
    for kind in (*_FORGOTTEN, "webhook", "last_delivery", "lost_delivery", "sequence"):
        world.records.clear(kind)
    users = [_user(world, person) for person in data["users"]]
    team = _team(world, data["team"], users)
    world.records.put("account", "team", {"id": team["key"], "name": team["name"], "company": company})
    _api_key(world, users[0]["key"])
    pipeline = _pipeline(world, data, users[0]["key"])
    for deal in data["deals"]:
        add_deal(world, _deal(world, data, deal), pipeline, users[0]["key"])
    for webhook in webhooks:
        place = {"pipelineKey": pipeline["key"]} if webhook["pipelineKey"] else {"teamKey": team["key"]}
        world.records.put("webhook", webhook["key"], webhook | place | {"userKey": users[0]["key"]})


def _user(world: World, person: Record) -> Record:
    now, key = world.clock.millis(), new_key("User")
    given, _, family = person["fullName"].partition(" ")
    user: Record = {
        "key": key,
        "lowercaseEmail": person["email"].lower(),
        "userType": "HUMAN",
        "isOauthComplete": True,
        "firstName": given,
        "lastName": family,
        "timezoneId": "Europe/London",
        "creationTimestamp": now,
        "lastUpdatedTimestamp": now,
        "lastSavedTimestamp": now,
        "lastSeenTimestamp": now,
    }
    return world.records.put("user", key, user | person)


def _team(world: World, name: str, users: Sequence[Record]) -> Record:
    now = world.clock.millis()
    members = [
        {
            "userKey": user["key"],
            "role": "Owner" if user is users[0] else "Member",
            "inviteDate": now,
            "inviteStatus": "Accepted",
            "emailSharing": "Existence",
            "email": user["email"],
            "fullName": user["fullName"],
            "displayName": user["displayName"],
        }
        for user in users
    ]
    team: Record = {
        "key": new_key("Team"),
        "name": name,
        "creator": users[0]["key"],
        "creationDate": now,
        "lastSavedTimestamp": now,
        "members": members,
        "emailsToSendInvoiceTo": [],
        "sharingRestrictedToTeam": False,
        "contactOrgListPermissions": {},
        "contactSettings": {"fields": {}},
        "organizationSettings": {"fields": {}},
    }
    return world.records.put("team", team["key"], team)


def _api_key(world: World, user_key: str) -> None:
    now = world.clock.millis()
    for known in world.records.all("apikey"):
        world.records.put("apikey", known["apiKey"], known | {"userKey": user_key})
    fresh: Record = {"apiKey": API_KEY, "key": new_key("ApiKey"), "userKey": user_key, "keyType": "USER"}
    stamps = {"creationTimestamp": now, "lastSavedTimestamp": now}
    world.records.put(
        "apikey", API_KEY, (world.records.get("apikey", API_KEY) or fresh | stamps) | {"userKey": user_key}
    )


def _pipeline(world: World, data: Json, creator: str) -> Record:
    pipeline = new_pipeline(world, data["pipeline"], creator, data["stages"])
    for field in data["fields"]:
        add_field(world, pipeline, field["name"], field["type"], field.get("options"))
    return save_pipeline(world, pipeline)


def _deal(world: World, data: Json, deal: Json) -> Deal:
    products = {product["sku"]: product for product in data["products"]}
    customer = data["customers"][deal["customer"]]
    abroad = customer["currency"] != "GBP"
    lines = []
    for sku, quantity, *price in deal["lines"]:
        product = products[sku]
        tax = {"tax": "zero"} if abroad else {}
        agreed = {"unit_price": price[0]} if price else {}
        lines.append(product | {"quantity": quantity} | agreed | tax)
    closing = world.clock.now() + timedelta(days=deal["close_days"])
    fields = {
        "Payment terms": deal["terms"],
        "Segment": deal["segment"],
        "Customer order number": deal.get("order"),
    }
    return cast(
        "Deal",
        {
            "name": deal["name"],
            "stage": deal["stage"],
            "customer": customer,
            "currency": customer["currency"],
            "lines": lines,
            "tax": "Zero" if abroad else "Standard",
            "close_date": closing.date().isoformat(),
            "fields": fields,
        },
    )
