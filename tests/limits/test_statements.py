"""What a call costs the database while all is well: nothing but its own records."""

from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests.limits.conftest import World, carry

ABOUT_CONNECTIONS = ("binding", "connection", "ratebucket", "breaker", "reservation")


def statements(world: World) -> list[str]:
    """The statements about connections and their limits that one run makes."""
    world.read()
    with CaptureQueriesContext(database) as captured:
        (run,) = carry()
    assert run.state == "succeeded"
    tables = [f'"integrations_{name}"' for name in ABOUT_CONNECTIONS]
    return [one["sql"] for one in captured if any(table in one["sql"] for table in tables)]


def test_a_process_that_knows_the_connection_asks_nothing_more(world: World) -> None:
    statements(world)
    fewest = min((statements(world) for _ in range(5)), key=len)
    assert fewest == []


def test_a_slow_limit_costs_one_read_and_one_write_a_call(world: World) -> None:
    world.limit({"scope": "connection", "calls": 100, "per": "1m"})
    statements(world)
    fewest = min((statements(world) for _ in range(5)), key=len)
    assert [one.split()[0] for one in fewest] == ["SELECT", "UPDATE"]
