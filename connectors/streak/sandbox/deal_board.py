"""How a deal looks on the sandbox's page: a card on a board of stages."""

import json
from datetime import UTC, datetime

from connectors.sdk.sandbox.simulator import Summary, Table, World, money
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["board", "card", "summary"]

MOST_CARDS = 30
LINES = "Line items"


def _value(pipeline: Record, box: Record, name: str) -> Json:
    """A custom field by name, with the labels of its options and its date in words."""
    field = next((one for one in pipeline["fields"] if one["name"] == name), None)
    value = box["fields"].get(field["key"]) if field else None
    if field is None or value is None:
        return None
    if field["type"] == "DATE":
        return datetime.fromtimestamp(value / 1000, UTC).date().isoformat()
    if field["type"] == "DROPDOWN":
        return {option["key"]: option["name"] for option in field["dropdownSettings"]["items"]}.get(value)
    if field["type"] == "TAG":
        labels = {tag["key"]: tag["tag"] for tag in field["tagSettings"]["tags"]}
        return [labels.get(key, key) for key in value]
    return value


def card(world: World, box: Record) -> dict[str, Json]:
    """A box as {key, title, subtitle, stage, amount, currency, money, mark, moved_at}; `mark` is its invoice."""
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or {}
    company = (
        world.records.get("organization", box["organizations"][0]["key"]) if box["organizations"] else None
    )
    amount, currency = (_value(pipeline, box, name) for name in ("Amount", "Currency"))
    return {
        "key": box["key"],
        "title": box["name"],
        "subtitle": company["name"] if company else "",
        "stage": pipeline["stages"][box["stageKey"]]["name"],
        "amount": amount,
        "currency": currency,
        "money": money(amount, currency) if amount else "",
        "mark": _value(pipeline, box, "Sage invoice"),
        "moved_at": box["lastStageChangeTimestamp"],
    }


def summary(world: World, box: Record) -> Summary:
    """A box for people: its stage, its custom fields with labels resolved, its lines."""
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or {}
    shown = card(world, box)
    named = [field["name"] for field in pipeline["fields"] if field["name"] != LINES]
    fields = [(name, _shown(_value(pipeline, box, name))) for name in named]
    facts = [("Stage", shown["stage"]), ("Organization", shown["subtitle"]), *fields]
    head = ("Line", "Category", "Tax", "Quantity", "Price")
    rows = [
        [str(line.get(name) or "") for name in ("description", "category", "tax", "quantity", "unit_price")]
        for line in _lines(_value(pipeline, box, LINES))
    ]
    return Summary(box["name"], facts, Table(head, rows) if rows else None)


def _shown(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "yes" if value is True else "no" if value is False else str(value or "")


def _lines(packed: Json) -> list[dict[str, Json]]:
    try:
        lines = json.loads(packed or "[]")
    except ValueError:
        return []
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


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
    stages = [(key, pipeline["stages"][key]["name"]) for key in pipeline["stageOrder"]]
    return {
        "title": f"{pipeline['name']} pipeline",
        "move": "/api/deals/{key}/move",
        "again": {"title": "Send the last webhook again", "path": "/api/webhooks/resend"},
        "add": {"title": "Add deal", "path": "/api/deals", "fields": _fields(stages)},
        "lanes": [
            {
                "key": key,
                "title": pipeline["stages"][key]["name"],
                "count": len(boxes),
                "cards": [card(world, box) for box in boxes[:MOST_CARDS]],
            }
            for key, boxes in newest.items()
        ],
    }


def _fields(stages: list[tuple[str, str]]) -> list[Json]:
    currencies = [("", "Made up"), *((code, code) for code in ("GBP", "EUR", "USD"))]
    return [
        {"name": "name", "label": "Name of the deal"},
        {"name": "stage", "label": "Stage", "options": [("", "Negotiation"), *stages]},
        {"name": "customer.organization", "label": "Company"},
        {"name": "customer.email", "label": "E-mail of the buyer", "type": "email"},
        {"name": "customer.given_name", "label": "Given name of the buyer"},
        {"name": "currency", "label": "Currency", "options": currencies},
    ]
