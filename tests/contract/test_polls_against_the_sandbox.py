"""Our poll triggers against our simulators over real HTTP: everything that changes is found, whatever moves meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sdk import registry
from connectors.sdk.trigger import Arrival, Page, PollTrigger
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Request
from tests.contract.conftest import Bench
from tests.contract.test_connectors_against_the_sandbox import NEW_CUSTOMER, add_deal, invoice

SALES = {"pipeline": "Sales"}


class Looking:
    """Sweeps of one trigger, as the runtime makes them: the mark is the far clock at the first page."""

    def __init__(self, bench: Bench, trigger_id: str, config: Json) -> None:
        trigger = registry.trigger(trigger_id)
        assert isinstance(trigger, PollTrigger)
        self.trigger, self._bench, self._config = trigger, bench, config
        self._system = trigger_id.partition(".")[0]
        self.mark: datetime | None = None
        self._seen: set[str] = set()

    def pages(self) -> Iterator[Page]:
        cursor: str | None = None
        since = self.mark
        while True:
            page = self.trigger.poll(self._bench.call(self._system), self._config, since, cursor)
            if cursor is None:
                assert page.server_time is not None
                self.mark = page.server_time - self.trigger.overlap
            yield page
            if page.cursor is None:
                return
            cursor = page.cursor

    def sweep(self) -> list[Arrival]:
        """What is new."""
        return [one for page in self.pages() for one in self.new(page)]

    def new(self, page: Page) -> list[Arrival]:
        fresh = [one for one in page.arrivals if one.key not in self._seen]
        for one in fresh:
            validator_for(self.trigger.output).check(one.data)
            self._seen.add(one.key)
        return fresh


@pytest.mark.parametrize("wrapped", [False, True], ids=["arrays", "objects"])
def test_a_box_that_is_made_or_changed_is_found_once(bench: Bench, *, wrapped: bool) -> None:
    if wrapped:
        bench.control("/api/faults", system="streak", kind="page_objects", mode="always")
    looking = Looking(bench, "streak.box_changed", SALES)
    before = looking.sweep()
    assert looking.sweep() == []
    key = add_deal(bench)
    (made,) = looking.sweep()
    assert (made.record, made.data["key"]) == (key, key)
    assert key not in {one.record for one in before}
    bench.write("streak.update_box", {"box_key": key, "fields": {"Sage invoice": "SI-1"}})
    (changed,) = looking.sweep()
    assert (changed.record, changed.key != made.key) == (key, True)
    assert looking.sweep() == []


def test_a_box_of_another_stage_is_not_looked_for(bench: Bench) -> None:
    looking = Looking(bench, "streak.box_changed", {**SALES, "stage": "Closed Won"})
    known = {one.record for one in looking.sweep()}
    key = add_deal(bench)
    assert looking.sweep() == []
    assert key not in known


def test_no_box_is_missed_while_others_are_deleted_between_pages(bench: Bench) -> None:
    """Boxes of pages that were read already go away, so that those behind them move up over the edge of the page."""
    keys = [add_deal(bench) for _ in range(230)]
    looking = Looking(bench, "streak.box_changed", SALES)
    found: set[str] = set()
    gone: set[str] = set()
    for page in looking.pages():
        found |= {one.record for one in looking.new(page)}
        for key in [key for key in reversed(keys) if key in found and key not in gone][:30]:
            bench.call("streak").send(Request("DELETE", f"/v1/boxes/{key}"))
            gone.add(key)
    assert gone
    assert set(keys) <= found


def test_a_customer_and_an_invoice_are_found_when_made_changed_and_deleted(bench: Bench) -> None:
    contacts = Looking(bench, "sage50.contact_changed", {"contact_type_id": "CUSTOMER"})
    invoices = Looking(bench, "sage50.sales_invoice_changed", {})
    assert contacts.sweep()
    invoices.sweep()
    customer = bench.write("sage50.find_or_create_customer", NEW_CUSTOMER)
    made = bench.write("sage50.create_invoice", invoice(customer["id"]))

    (contact,) = contacts.sweep()
    assert (contact.record, contact.data["email"], contact.data["deleted"]) == (
        customer["id"],
        NEW_CUSTOMER["email"],
        False,
    )
    (found,) = invoices.sweep()
    assert (found.data["id"], found.data["total_amount"], found.data["status"]) == (
        made["id"],
        "541.72",
        "DRAFT",
    )
    assert (contacts.sweep(), invoices.sweep()) == ([], [])

    bench.write("sage50.void_invoice", {"invoice_id": made["id"], "reason": "made twice"})
    (deleted,) = invoices.sweep()
    assert (deleted.record, deleted.deleted, deleted.data["deleted"]) == (made["id"], True, True)
    assert invoices.sweep() == []


def test_the_mark_goes_by_the_far_clock(bench: Bench) -> None:
    bench.control("/api/clock", advance_seconds=86_400)
    looking = Looking(bench, "sage50.contact_changed", {})
    looking.sweep()
    assert looking.mark is not None
    assert looking.mark > datetime.now(UTC) + timedelta(hours=23)
    customer = bench.write("sage50.find_or_create_customer", NEW_CUSTOMER)
    assert [one.record for one in looking.sweep()] == [customer["id"]]
