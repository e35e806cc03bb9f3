"""The poll triggers customer_changed, item_changed, order_status_changed and invoice_changed, over M3 and CSI."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.infor.tests.conftest import Infor
from connectors.sdk.sandbox.http import Request

TRIGGERS = ("customer_changed", "item_changed", "order_status_changed", "invoice_changed")


@pytest.mark.parametrize("erp", ["m3", "csi"])
@pytest.mark.parametrize("name", TRIGGERS)
def test_everything_is_seen_at_first_and_again_with_the_same_version(
    request: pytest.FixtureRequest, erp: str, name: str
) -> None:
    infor: Infor = request.getfixturevalue(erp)
    first = infor.poll(name)
    again = infor.poll(name, datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    assert first.arrivals
    assert first.server_time is not None
    assert {one.key for one in again.arrivals} == {one.key for one in first.arrivals}


@pytest.mark.parametrize("name", TRIGGERS)
def test_nothing_is_told_of_before_the_day_asked_for(m3: Infor, name: str) -> None:
    assert m3.poll(name, datetime.now(UTC) + timedelta(days=2)).arrivals == []


def test_an_order_that_ships_is_another_version(m3: Infor) -> None:
    number = m3.records("order")[2]["ORNO"]
    before = {one.record: one.version for one in m3.poll("order_status_changed").arrivals}
    route = next(one for one in m3.host.simulators["infor"].control if one.rule.endswith("/ship"))
    world = m3.host.worlds["infor"]
    with world.records.store.writing():
        route.handler(world, Request("POST", "/", params={"order": number}))
    after = {one.record: one for one in m3.poll("order_status_changed").arrivals}
    assert after[number].version != before[number]
    assert after[number].data["status"] == "shipped"
