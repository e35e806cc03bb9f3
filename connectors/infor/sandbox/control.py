"""What the control API does in Infor: ship, invoice and pay an order, stop a customer's credit, change a record."""

from decimal import Decimal, InvalidOperation

from connectors.infor.sandbox.oauth import CONTROL as SIGN_IN
from connectors.infor.sandbox.receivables import invoice_order, pay_invoice, ship_order
from connectors.infor.sandbox.refusals import NokError
from connectors.infor.sandbox.transactions import TRANSACTIONS
from connectors.sdk.sandbox.http import Reply, Request, read_object
from connectors.sdk.sandbox.simulator import Route, World

__all__ = ["CONTROL"]


def ship(world: World, request: Request) -> Reply:
    try:
        return Reply(ship_order(world, request.params["order"]))
    except NokError as nok:
        raise ValueError(nok.message) from nok


def invoice(world: World, request: Request) -> Reply:
    try:
        return Reply(invoice_order(world, request.params["order"]))
    except NokError as nok:
        raise ValueError(nok.message) from nok


def pay(world: World, request: Request) -> Reply:
    """Body: {"amount": "12.50"}; the invoice is named YEAR-NUMBER."""
    try:
        paid = Decimal(str(read_object(request).get("amount", "")))
        return Reply(pay_invoice(world, request.params["invoice"], paid))
    except InvalidOperation as error:
        raise ValueError("The amount is a decimal.") from error
    except NokError as nok:
        raise ValueError(nok.message) from nok


def change(world: World, request: Request) -> Reply:
    """Change a customer as somebody in M3 would: {"BLCD": "1"}."""
    record = {name: str(value) for name, value in read_object(request).items()}
    try:
        TRANSACTIONS["CRS610MI", "ChgBasicData"].run(world, {**record, "CUNO": request.params["customer"]})
    except NokError as nok:
        raise ValueError(nok.message) from nok
    return Reply(world.records.get("customer", request.params["customer"]))


CONTROL = (
    *SIGN_IN,
    Route("POST", "/api/infor/orders/<order>/ship", ship),
    Route("POST", "/api/infor/orders/<order>/invoice", invoice),
    Route("POST", "/api/infor/invoices/<invoice>/pay", pay),
    Route("POST", "/api/infor/customers/<customer>", change),
)
