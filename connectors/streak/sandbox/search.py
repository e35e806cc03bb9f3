"""Search over boxes, contacts and organizations."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import number
from connectors.streak.sandbox.refusals import refuse

__all__ = ["ROUTES"]

PAGE = 1000


def _slim(box: Record) -> Json:
    names = ("name", "pipelineKey", "stageKey", "lastUpdatedTimestamp")
    return {"boxKey": box["key"], "assignedToKeys": box["assigned"]} | {name: box[name] for name in names}


def _box_text(world: World, box: Record) -> str:
    linked = [
        mail
        for link in box["contacts"]
        for mail in (world.records.get("contact", link["key"]) or {}).get("emailAddresses", ())
    ]
    values = [value for value in box["fields"].values() if isinstance(value, str)]
    return " ".join([box["name"], box["notes"], *values, *linked]).lower()


def _contact_text(contact: Record) -> str:
    names = [contact["givenName"] or "", contact["familyName"] or ""]
    return " ".join([*names, *contact["emailAddresses"], *contact["phoneNumbers"]]).lower()


def _organization_text(organization: Record) -> str:
    return " ".join([organization["name"] or "", *organization["domains"]]).lower()


def _boxes(world: World, request: Request) -> list[Record]:
    query, name = request.query("query").lower(), request.query("name")
    pipelines, stages = request.queries.get("pipelineKey"), request.queries.get("stageKey")
    boxes = [
        box
        for box in world.records.all("box")
        if (not pipelines or box["pipelineKey"] in pipelines) and (not stages or box["stageKey"] in stages)
    ]
    if name:
        return [box for box in boxes if box["name"] == name]
    return [box for box in boxes if query in _box_text(world, box)]


def search(world: World, request: Request) -> Reply:
    query, name = request.query("query").lower(), request.query("name")
    if bool(query) == bool(name):
        refuse("Exactly one of query and name is needed")
    start = number(request.query("page"), 0, 10**6)
    results: Json = {
        "boxes": [_slim(box) for box in _boxes(world, request)[start * PAGE : (start + 1) * PAGE]],
        "contacts": [],
        "orgs": [],
    }
    if query:
        contacts = [one for one in world.records.all("contact") if query in _contact_text(one)]
        companies = [one for one in world.records.all("organization") if query in _organization_text(one)]
        results["contacts"] = [
            {"key": one["key"], "emailAddresses": one["emailAddresses"]} for one in contacts
        ]
        results["orgs"] = [{name: one[name] for name in ("key", "name", "domains")} for one in companies]
    return Reply({"query": request.query("query") or name, "page": start, "results": results})


ROUTES = (Route("GET", "/api/v1/search", search),)
