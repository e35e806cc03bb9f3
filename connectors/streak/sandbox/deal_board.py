"""How a deal looks on the sandbox's page: a card on a board of stages."""

from connectors.sdk.sandbox.simulator import World, money
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["board", "card"]

MOST_CARDS = 30


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
                "cards": [card(world, box) for box in boxes[:MOST_CARDS]],
            }
            for key, boxes in newest.items()
        ],
    }
