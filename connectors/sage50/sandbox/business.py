"""The business whose books these are, and the user who opened them."""

from connectors.sage50.sandbox.refusals import unknown_record
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record

__all__ = ["ROUTES"]


def list_businesses(world: World, _request: Request) -> Reply:
    items = world.records.all("business")
    shown = [{name: one[name] for name in ("id", "displayed_as", "$path", "name")} for one in items]
    return Reply(
        {
            "$total": len(shown),
            "$page": 1,
            "$next": None,
            "$back": None,
            "$items_per_page": 20,
            "$items": shown,
        }
    )


def get_business(world: World, request: Request) -> Reply:
    return Reply(world.records.get("business", request.params["key"]) or unknown_record())


def get_user(world: World, _request: Request) -> Reply:
    user: Record = world.records.all("user")[0]
    return Reply(user)


ROUTES = (
    Route("GET", "/v3.1/businesses", list_businesses),
    Route("GET", "/v3.1/businesses/<key>", get_business),
    Route("GET", "/v3.1/user", get_user),
)
