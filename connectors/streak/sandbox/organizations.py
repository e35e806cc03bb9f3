"""Organizations: companies of a team, found by domain."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import read_v2, read_v2_list
from connectors.streak.sandbox.directory import HANDLES, by_keys, merged, page
from connectors.streak.sandbox.keys import new_key
from connectors.streak.sandbox.members import team_in_path
from connectors.streak.sandbox.refusals import missing, refuse
from connectors.streak.sandbox.webhooks import announce

__all__ = ["ROUTES", "new_organization"]

_PLAIN = ("name", "other", "industry", "employeeCount", "logoURL", *HANDLES)
_LISTS = ("domains", "phoneNumbers", "addresses")


def new_organization(world: World, team_key: str, body: dict[str, Json]) -> Record:
    """Save a new organization and announce it; refuses one without a name or a domain."""
    blank: Record = {
        "key": new_key("TeamOrganization"),
        "teamKey": team_key,
        **dict.fromkeys(_PLAIN),
        **{name: [] for name in _LISTS},
        "normalizedDomains": [],
        "lastSavedTimestamp": world.clock.millis(),
        "contactLinks": [],
        "orgLinks": [],
        "fields": {},
    }
    given = {name: value for name, value in body.items() if name in (*_PLAIN, *_LISTS)}
    organization = _checked(merged(blank, given, _PLAIN, _LISTS))
    world.records.put("organization", organization["key"], organization)
    announce(world, "ORG_CREATE", team_key, organization, about=organization["key"])
    return organization


def _checked(organization: Record) -> Record:
    domains = organization["normalizedDomains"]
    if len(set(domains)) < len(domains):
        refuse("Organizations can't have duplicate domains")
    if not (organization["name"] or domains):
        refuse("Insufficient params for TeamOrganization")
    return organization


def list_organizations(world: World, request: Request) -> Reply:
    team_in_path(world, request)
    return page(sorted(world.records.all("organization"), key=lambda one: str(one["key"])), request)


def create(world: World, request: Request) -> Reply:
    team = team_in_path(world, request)
    body = read_v2(request)
    if request.query("getIfExisting") == "true":
        for domain in body.get("domains") or []:
            if found := world.records.find("organization", "domain", str(domain).strip().lower()):
                return Reply(found[0])
    return Reply(new_organization(world, team["key"], body))


def _in_path(world: World, request: Request) -> Record:
    return world.records.get("organization", request.params["organization"]) or missing("Organization")


def get(world: World, request: Request) -> Reply:
    return Reply(_in_path(world, request))


def update(world: World, request: Request) -> Reply:
    organization = _in_path(world, request)
    changed = _checked(merged(organization, read_v2(request), _PLAIN, _LISTS))
    stamp = {"lastSavedTimestamp": max(world.clock.millis(), organization["lastSavedTimestamp"] + 1)}
    saved = world.records.put("organization", organization["key"], changed | stamp)
    announce(world, "ORG_UPDATE", organization["teamKey"], saved, about=organization["key"])
    return Reply(saved)


def delete(world: World, request: Request) -> Reply:
    organization = _in_path(world, request)
    world.records.delete("organization", organization["key"])
    announce(world, "ORG_DELETE", organization["teamKey"], organization, about=organization["key"])
    return Reply({"success": True})


def get_many(world: World, request: Request) -> Reply:
    return by_keys(world, "organization", read_v2_list(request))


ROUTES = (
    Route("GET", "/api/v2/teams/<team>/organizations", list_organizations),
    Route("POST", "/api/v2/teams/<team>/organizations", create),
    Route("POST", "/api/v2/organizations/batch/get", get_many),
    Route("GET", "/api/v2/organizations/<organization>", get),
    Route("POST", "/api/v2/organizations/<organization>", update),
    Route("DELETE", "/api/v2/organizations/<organization>", delete),
)
