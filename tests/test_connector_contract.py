"""The standard tests, for every folder in `connectors/`: nobody lists them, a new folder gets them by being there."""

import pytest

from connectors.sdk.registry import connector, connectors
from connectors.sdk.standard import STANDARD_TESTS


@pytest.mark.parametrize("check", list(STANDARD_TESTS))
@pytest.mark.parametrize("connector_id", list(connectors()))
def test_a_connector_keeps_the_contract(connector_id: str, check: str) -> None:
    assert STANDARD_TESTS[check](connector(connector_id)) == []


def test_the_three_first_connectors_are_found() -> None:
    assert {"streak", "sage50", "http"} <= set(connectors())
