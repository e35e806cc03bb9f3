"""The Infor simulator as the sandbox sees it."""

import json
from collections.abc import Mapping

from connectors.infor.sandbox import csi, facade, ims, m3, oauth
from connectors.infor.sandbox.company import seed
from connectors.infor.sandbox.control import CONTROL
from connectors.infor.sandbox.refusals import lost, refusal
from connectors.sdk.sandbox.faults import HTTP_FAULTS, FaultKind
from connectors.sdk.sandbox.simulator import Column, Kind, Simulator, World, money
from connectors.sdk.sandbox.store import Index, Record
from connectors.sdk.wire import Json

__all__ = ["SIMULATOR"]

_OWN_FAULTS = (
    FaultKind("gateway_timeout", "Give up waiting (504), without writing", "before"),
    FaultKind("bulk_terminated", "Terminate a bulk half-way", "quirk", scope="writes"),
    FaultKind("first_change_only", "CSI carries out the first change only", "quirk", scope="writes"),
)
_INDEXES: Mapping[str, Mapping[str, Index]] = {
    "order_line": {"order": lambda record: [str(record["ORNO"])]},
    "temporary_line": {"order": lambda record: [str(record["ORNO"])]},
}


def _whole(_world: World, record: Record) -> Json:
    return record


def _column(title: str, field: str) -> Column:
    return Column(title, lambda _world, one: str(one.get(field) or "").strip())


def _amount(title: str, field: str) -> Column:
    return Column(title, lambda _world, one: money(one.get(field), one.get("CUCD", "")), numeric=True)


_KINDS = (
    Kind(
        "order",
        "Orders (M3)",
        (
            _column("Order", "ORNO"),
            _column("Customer", "CUNO"),
            _column("Reference", "CUOR"),
            _column("Status", "ORST"),
            _amount("Total", "TOPY"),
        ),
        _whole,
    ),
    Kind(
        "invoice",
        "Invoices (M3)",
        (
            _column("Invoice", "IVNO"),
            _column("Order", "ORNO"),
            _column("Customer", "CUNO"),
            _amount("Total", "IVAV"),
            _amount("Remaining", "RAFC"),
        ),
        _whole,
    ),
    Kind("customer", "Customers (M3)", (_column("Customer", "CUNO"), _column("Name", "CUNM")), _whole),
    Kind("item", "Items (M3)", (_column("Item", "ITNO"), _column("Name", "ITDS")), _whole),
    Kind("csi_SLCos", "Orders (CSI)", (_column("Order", "CoNum"), _column("Customer", "CustNum")), _whole),
    Kind(
        "csi_SLCustomers",
        "Customers (CSI)",
        (_column("Customer", "CustNum"), _column("Name", "Name")),
        _whole,
    ),
    Kind(
        "message",
        "Messages (BODs)",
        (_column("Document", "documentName"), _column("Id", "messageId")),
        _whole,
    ),
)


def _account(world: World) -> Mapping[str, str]:
    account = world.records.get("account", "tenant") or {}
    return {"id": str(account.get("id", "")), "name": str(account.get("name", ""))}


def _access(world: World) -> Mapping[str, Json]:
    return {"ionapi": json.dumps(oauth.ionapi_file(world)), "configuration": csi.CONFIGURATION}


SIMULATOR = Simulator(
    id="infor",
    title="Infor",
    monogram="INF",
    api_path=f"/{oauth.TENANT}",
    flag="infor",
    routes=(*oauth.ROUTES, *m3.ROUTES, *csi.ROUTES, *ims.ROUTES, *facade.ROUTES),
    faults=(*HTTP_FAULTS, *_OWN_FAULTS),
    kinds=_KINDS,
    guard=oauth.guard,
    refusal=refusal,
    lost=lost,
    seed=seed,
    account=_account,
    access=_access,
    indexes=_INDEXES,
    control=CONTROL,
)
