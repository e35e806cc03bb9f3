"""Sage's sandbox with one of everything, and for each of our operations an input that it takes."""

import base64
from collections.abc import Callable, Mapping

from connectors.sdk import registry
from connectors.sdk.account import Account, Secrets
from connectors.sdk.operation import Call
from connectors.sdk.session import open_call
from connectors.sdk.wire import Json
from tests.contract.conftest import Bench

__all__ = ["DAY", "READS", "WRITES", "Shop"]

DAY = "2026-11-20"
LINE = {
    "description": "Table",
    "quantity": "15",
    "unit_price": "30.095",
    "nominal_code": "4000",
    "tax_rate_id": "GB_STANDARD",
    "tax_amount": "90.29",
}


class Shop:
    """The books of one customer; what is asked for is made through our own operations."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        contact = {
            "name": "Quayside Books Ltd",
            "types": ["CUSTOMER"],
            "reference": "QUAY01",
            "currency": "GBP",
        }
        self.customer = self.made(
            "create_contact", {**contact, "address": {"line1": "1 Quay", "city": "Hull"}}
        )
        self.bank = bench.read("sage50.list_bank_accounts", {})["bank_accounts"][0]["id"]

    def made(self, name: str, data: Json, identity: str = "") -> str:
        return str(self.bench.write(f"sage50.{name}", data, identity or f"{name} {data!r}"[:200])["id"])

    def invoice(self, status: str = "open") -> str:
        data = {
            "customer_id": self.customer,
            "date": DAY,
            "currency": "GBP",
            "status": status,
            "lines": [LINE],
        }
        return self.made("create_invoice", data)

    def credit_note(self) -> str:
        return self.made(
            "credit_invoice", {"invoice_id": self.invoice(), "date": DAY, "reason": "Ordered twice"}
        )

    def quote_data(self) -> dict[str, Json]:
        dates = {"date": DAY, "expiry_date": "2026-12-20"}
        return {
            "customer_id": self.customer,
            **dates,
            "reference": "DEAL-1",
            "currency": "GBP",
            "lines": [LINE],
        }

    def receipt_data(self, amount: str = "541.72", paid: str = "") -> dict[str, Json]:
        parts = {"allocated": [{"document_id": self.invoice(), "amount": paid}]} if paid else {}
        return {
            "customer_id": self.customer,
            "bank_account_id": self.bank,
            "date": DAY,
            "total_amount": amount,
            "reference": "BACS 1",
            **parts,
        }

    def allocation_data(self) -> dict[str, Json]:
        receipt = self.bench.write("sage50.create_receipt", self.receipt_data("100.00"), "on account")
        parts = [
            {"document_id": self.invoice(), "amount": "60.00"},
            {"document_id": receipt["on_account_id"], "amount": "-60.00"},
        ]
        return {"customer_id": self.customer, "date": DAY, "allocated": parts}

    def item_data(self, *, bought: bool = True) -> dict[str, Json]:
        item = {"item_code": "TBL-1", "description": "Table", "sales_nominal_code": "4000"}
        price = {"sales_price": "30.095", "sales_tax_rate_id": "GB_STANDARD"}
        return {**item, **price, **({"purchase_nominal_code": "5000"} if bought else {})}

    def address_data(self) -> dict[str, Json]:
        place = {"line1": "Dock 4", "city": "Bristol", "postal_code": "BS1 6XL", "country": "GB"}
        return {"contact_id": self.customer, "name": "Warehouse", **place}

    def file_data(self) -> dict[str, Json]:
        content = base64.b64encode(b"%PDF the signed order").decode()
        file = {"file_name": "order.pdf", "mime_type": "application/pdf", "content": content}
        return {"document": "invoice", "document_id": self.invoice("draft"), **file}

    def shut_out(self) -> Call:
        """A call for a business this sign-in may not see."""
        found = self.bench.host.urls()["systems"]["sage50"]
        token = self.bench.control("/api/sage50/sign-in")["access_token"]
        account = Account(
            "shut-out",
            found["api"],
            "oauth2_code",
            Secrets({"access_token": token}),
            {"business_id": "0" * 32},
            reach="sandbox",
        )
        return open_call(registry.connector("sage50"), account, self.bench.exchanges.append)


Giver = Callable[[Shop], Json]

WRITES: Mapping[str, Giver] = {
    "create_receipt": lambda shop: shop.receipt_data("600.00", "541.72"),
    "create_allocation": lambda shop: shop.allocation_data(),
    "create_quote": lambda shop: shop.quote_data(),
    "create_estimate": lambda shop: shop.quote_data(),
    "create_invoice_from_quote": lambda shop: {
        "quote_id": shop.made("create_quote", shop.quote_data()),
        "date": DAY,
    },
    "release_invoice": lambda shop: {"invoice_id": shop.invoice("draft")},
    "create_product": lambda shop: shop.item_data(),
    "create_service": lambda shop: shop.item_data(bought=False),
    "create_stock_item": lambda shop: {**shop.item_data(), "reorder_level": "5"},
    "update_product": lambda shop: {
        "product_id": shop.made("create_product", shop.item_data()),
        "sales_price": "31.50",
    },
    "update_service": lambda shop: {
        "service_id": shop.made("create_service", shop.item_data(bought=False)),
        "sales_price": "31.50",
    },
    "update_stock_item": lambda shop: {
        "stock_item_id": shop.made("create_stock_item", shop.item_data()),
        "reorder_level": "7.5",
    },
    "create_contact": lambda _shop: {
        "name": "Fern & Sons",
        "types": ["VENDOR"],
        "reference": "FERN01",
        "email": "ada@fern.example",
        "credit_limit": "250.50",
        "address": {"line1": "2 Fern Road", "country": "GB"},
    },
    "update_contact": lambda shop: {
        "contact_id": shop.customer,
        "name": "Quayside Books",
        "email": "ida@quayside.example",
        "address": {"city": "York"},
    },
    "delete_contact": lambda shop: {
        "contact_id": shop.made("create_contact", {"name": "Gone", "types": ["VENDOR"]})
    },
    "create_address": lambda shop: shop.address_data(),
    "update_address": lambda shop: {
        "address_id": shop.made("create_address", shop.address_data()),
        "city": "Bath",
    },
    "delete_address": lambda shop: {"address_id": shop.made("create_address", shop.address_data())},
    "create_attachment": lambda shop: shop.file_data(),
}

READS: Mapping[str, tuple[str, Giver]] = {
    "get_receipt": ("receipt_id", lambda shop: shop.made("create_receipt", shop.receipt_data())),
    "get_allocation": ("allocation_id", lambda shop: shop.made("create_allocation", shop.allocation_data())),
    "get_quote": ("quote_id", lambda shop: shop.made("create_quote", shop.quote_data())),
    "get_estimate": ("estimate_id", lambda shop: shop.made("create_estimate", shop.quote_data())),
    "get_product": ("product_id", lambda shop: shop.made("create_product", shop.item_data())),
    "get_service": ("service_id", lambda shop: shop.made("create_service", shop.item_data(bought=False))),
    "get_stock_item": ("stock_item_id", lambda shop: shop.made("create_stock_item", shop.item_data())),
    "get_contact": ("contact_id", lambda shop: shop.customer),
    "get_credit_note": ("credit_note_id", lambda shop: shop.credit_note()),
}
