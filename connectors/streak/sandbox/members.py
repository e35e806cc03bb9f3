"""Users, teams and API keys."""

import secrets

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import number, read_post, read_v2
from connectors.streak.sandbox.keys import is_key, new_key
from connectors.streak.sandbox.refusals import caller, lost, missing, refuse

__all__ = ["ROUTES", "sharing", "team_in_path", "the_team", "user_by"]

_USER_TEXTS = ("timezoneId", "firstName", "lastName")


def the_team(world: World) -> Record:
    """The one team of the sandbox's company."""
    return world.records.all("team")[0]


def team_in_path(world: World, request: Request) -> Record:
    """The team a path names; a wrong key makes the whole path invalid."""
    team = world.records.get("team", request.params["team"])
    return team if team else refuse(lost("path").value["error"])


def user_by(world: World, reference: Json) -> Record | None:
    """A user by key or e-mail."""
    for user in world.records.all("user"):
        if reference in (user["key"], user["email"]):
            return user
    return None


def sharing(world: World, user_keys: list[str]) -> list[Json]:
    """Sharing entries, as boxes and tasks carry their people."""
    users = [user for key in user_keys if (user := world.records.get("user", key))]
    return [
        {
            "userKey": user["key"],
            "email": user["email"],
            "displayName": user["displayName"],
            "fullName": user["fullName"],
            "image": "",
        }
        for user in users
    ]


def _user_view(user: Record) -> Json:
    return {name: value for name, value in user.items() if name != "fullName"} | {"userKey": user["key"]}


def _user(world: World, request: Request) -> Record:
    key = request.params["user"]
    if key == "me":
        key = caller(world, request)
    elif not is_key(key):
        refuse("Invalid user key")
    return world.records.get("user", key) or missing("User")


def get_user(world: World, request: Request) -> Reply:
    return Reply(_user_view(_user(world, request)))


def edit_user(world: World, request: Request) -> Reply:
    user = _user(world, request)
    body = read_post(request)
    if body is None:
        return Reply(None)
    changed = {name: body[name] for name in _USER_TEXTS if name in body}
    stamps = {"lastUpdatedTimestamp": world.clock.millis(), "lastSavedTimestamp": world.clock.millis()}
    return Reply(_user_view(world.records.put("user", user["key"], user | changed | stamps)))


def my_teams(world: World, request: Request) -> Reply:
    limit, page = number(request.query("limit"), 100), number(request.query("page"), 0, 10**6)
    teams = sorted(world.records.all("team"), key=lambda team: team["creationDate"], reverse=True)
    return Reply(
        {"results": teams[page * limit : (page + 1) * limit], "hasNextPage": len(teams) > (page + 1) * limit}
    )


def get_team(world: World, request: Request) -> Reply:
    return Reply(team_in_path(world, request))


def edit_team(world: World, request: Request) -> Reply:
    team = team_in_path(world, request)
    body = read_v2(request)
    changed = {
        n: body[n] for n in ("name", "contactSettings", "organizationSettings") if body.get(n) is not None
    }
    stamp = {"lastSavedTimestamp": world.clock.millis()}
    return Reply(world.records.put("team", team["key"], team | changed | stamp))


def team_users(world: World, request: Request) -> Reply:
    team_in_path(world, request)
    return Reply({"results": [_user_view(user) for user in world.records.all("user")], "hasNextPage": False})


def api_keys(world: World, request: Request) -> Reply:
    mine = caller(world, request)
    return Reply([key for key in world.records.all("apikey") if key["userKey"] == mine])


def make_api_key(world: World, request: Request) -> Reply:
    secret, now = f"strk_{secrets.token_hex(16)}", world.clock.millis()
    record = {
        "apiKey": secret,
        "key": new_key("ApiKey"),
        "userKey": caller(world, request),
        "keyType": "USER",
        "creationTimestamp": now,
        "lastSavedTimestamp": now,
    }
    return Reply(world.records.put("apikey", secret, record))


def drop_api_key(world: World, request: Request) -> Reply:
    for record in world.records.all("apikey"):
        if record["key"] == request.params["key"]:
            world.records.delete("apikey", record["apiKey"])
            return Reply({"success": True, "message": ""})
    return missing("API key")


ROUTES = (
    Route("GET", "/api/v2/users/me/teams", my_teams),
    Route("GET", "/api/v1/users/<user>", get_user),
    Route("POST", "/api/v1/users/<user>", edit_user),
    Route("GET", "/api/v2/teams/<team>", get_team),
    Route("POST", "/api/v2/teams/<team>", edit_team),
    Route("GET", "/api/v2/teams/<team>/users", team_users),
    Route("GET", "/api/v1/apikeys", api_keys),
    Route("PUT", "/api/v1/apikeys", make_api_key),
    Route("DELETE", "/api/v1/apikeys/<key>", drop_api_key),
)
