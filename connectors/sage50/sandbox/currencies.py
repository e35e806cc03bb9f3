"""Exchange rates: how much of each currency the business's own one buys."""

from decimal import Decimal

from connectors.sage50.sandbox.catalogue import link
from connectors.sage50.sandbox.listing import envelope
from connectors.sage50.sandbox.refusals import unknown_record
from connectors.sage50.sandbox.values import amount
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES"]

BASE = "GBP"
_PLACES = Decimal("0.00000001")


def rate_view(world: World, currency: Record) -> dict[str, Json]:
    rate = amount(currency["exchange_rate"])
    return {
        "id": currency["id"],
        "displayed_as": f"{currency['id']} {rate}",
        "$path": f"/exchange_rates/{currency['id']}",
        "rate": rate,
        "inverse_rate": (1 / rate).quantize(_PLACES),
        "base_currency": link(world, "currency", BASE),
        "currency": link(world, "currency", currency["id"]),
    }


def _foreign(world: World) -> list[Record]:
    return [one for one in world.records.all("currency") if one["id"] != BASE]


def list_rates(world: World, request: Request) -> Reply:
    return envelope(world, request, "exchange_rates", _foreign(world), rate_view)


def get_rate(world: World, request: Request) -> Reply:
    found = [one for one in _foreign(world) if one["id"] == request.params["key"]]
    return Reply(rate_view(world, found[0])) if found else unknown_record()


ROUTES = (
    Route("GET", "/v3.1/exchange_rates", list_rates),
    Route("GET", "/v3.1/exchange_rates/<key>", get_rate),
)
