"""Contacts: people of a team, found by e-mail."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import read_v2, read_v2_list
from connectors.streak.sandbox.directory import HANDLES, by_keys, merged, page
from connectors.streak.sandbox.keys import new_key
from connectors.streak.sandbox.members import team_in_path
from connectors.streak.sandbox.refusals import caller, missing, refuse
from connectors.streak.sandbox.webhooks import announce

__all__ = ["ROUTES", "new_contact"]

_PLAIN = ("givenName", "familyName", "title", "other", "photoUrl", *HANDLES)
_LISTS = ("emailAddresses", "phoneNumbers", "addresses", "domains")


def new_contact(world: World, team_key: str, creator: str, body: dict[str, Json]) -> Record:
    """Save a new contact and announce it; refuses one without a name or an e-mail."""
    now = world.clock.millis()
    blank: Record = {
        "key": new_key("TeamContact"),
        "teamKey": team_key,
        **dict.fromkeys(_PLAIN),
        **{name: [] for name in _LISTS},
        "normalizedDomains": [],
        "creatorKey": creator,
        "lastSavedUserKey": creator,
        "creationDate": now,
        "versionTimestamp": now,
        "lastSavedTimestamp": now,
        "contactLinks": [],
        "orgLinks": [],
        "fields": {},
    }
    given = {name: value for name, value in body.items() if name in (*_PLAIN, *_LISTS)}
    contact = _checked(merged(blank, given, _PLAIN, _LISTS))
    world.records.put("contact", contact["key"], contact)
    announce(world, "CONTACT_CREATE", team_key, contact, about=contact["key"])
    return contact


def _checked(contact: Record) -> Record:
    mails = contact["emailAddresses"]
    if len(set(mails)) < len(mails):
        repeated = next(mail for mail in mails if mails.count(mail) > 1)
        refuse(f"Contacts can't have duplicate emails: {repeated}", code=801)
    if not (contact["givenName"] or contact["familyName"] or mails):
        refuse("A contact needs at least a name or email address")
    return contact | {"emailAddresses": list(dict.fromkeys(mail.lower() for mail in mails))}


def list_contacts(world: World, request: Request) -> Reply:
    team_in_path(world, request)
    after = request.query("after")
    since = int(after) * 1000 if after.isdigit() else 0
    return page([one for one in world.records.all("contact") if one["lastSavedTimestamp"] >= since], request)


def create(world: World, request: Request) -> Reply:
    team = team_in_path(world, request)
    body = read_v2(request)
    mails = body.get("emailAddresses") or []
    names = [body.get("givenName"), body.get("familyName")]
    if not mails and not any(names):
        refuse("Insufficient params for TeamContact")
    if request.query("getIfExisting") == "true":
        for mail in mails:
            if found := world.records.find("contact", "email", str(mail).strip().lower()):
                return Reply(found[0])
    return Reply(new_contact(world, team["key"], caller(world, request), body))


def _in_path(world: World, request: Request) -> Record:
    return world.records.get("contact", request.params["contact"]) or missing("Contact")


def get(world: World, request: Request) -> Reply:
    return Reply(_in_path(world, request))


def update(world: World, request: Request) -> Reply:
    contact = _in_path(world, request)
    changed = _checked(merged(contact, read_v2(request), _PLAIN, _LISTS))
    now = max(world.clock.millis(), contact["lastSavedTimestamp"] + 1)
    stamps = {"versionTimestamp": now, "lastSavedTimestamp": now, "lastSavedUserKey": caller(world, request)}
    saved = world.records.put("contact", contact["key"], changed | stamps)
    announce(world, "CONTACT_UPDATE", contact["teamKey"], saved, about=contact["key"])
    return Reply(saved)


def delete(world: World, request: Request) -> Reply:
    contact = _in_path(world, request)
    world.records.delete("contact", contact["key"])
    announce(world, "CONTACT_DELETE", contact["teamKey"], contact, about=contact["key"])
    return Reply({"success": True})


def get_many(world: World, request: Request) -> Reply:
    return by_keys(world, "contact", read_v2_list(request))


ROUTES = (
    Route("GET", "/api/v2/teams/<team>/contacts", list_contacts),
    Route("POST", "/api/v2/teams/<team>/contacts", create),
    Route("POST", "/api/v2/contacts/batch/get", get_many),
    Route("GET", "/api/v2/contacts/<contact>", get),
    Route("POST", "/api/v2/contacts/<contact>", update),
    Route("DELETE", "/api/v2/contacts/<contact>", delete),
)
