"""A connector's own carrier: what it may do, what is recorded, and that neither shows a secret."""

from typing import Any

import pytest

from connectors.sdk.account import Account, Secrets
from connectors.sdk.carriage import Carrier, Carrying, Errand
from connectors.sdk.errors import Data, Transient
from connectors.sdk.redact import Redactor
from connectors.sdk.wire import Exchange, Request, Response

ACCOUNT = Account("c", "https://far.test", "none", Secrets({}), deadline=10.0)
SECRET = "correct-horse-battery"  # noqa: S105 - what must not be shown
WRITE, READ = (
    Request("POST", "/things", json={"note": f"with {SECRET}"}),
    Request("GET", "/things", {"q": "x"}),
)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def carrying(carrier: Carrier, seen: list[Exchange], **more: Any) -> Carrying:
    options: dict[str, Any] = {"redactor": Redactor([SECRET]), "now": Clock(), **more}
    return Carrying(carrier, ACCOUNT, on_exchange=seen.append, **options)


def test_what_was_carried_is_recorded_without_secrets() -> None:
    seen: list[Exchange] = []

    def carry(errand: Errand) -> Response:
        errand.leave()
        return Response(200, {}, {"said": errand.request.json["note"]}, "")

    assert carrying(carry, seen).send(WRITE, {}).json == {"said": f"with {SECRET}"}
    (one,) = seen
    assert (one.method, one.url, one.status) == ("POST", "https://far.test/things", 200)
    assert (one.request, one.response, one.error) == ({"note": "with ***"}, {"said": "with ***"}, "")


def test_a_failure_is_recorded_and_raised_without_secrets() -> None:
    seen: list[Exchange] = []

    def carry(_errand: Errand) -> Response:
        raise Data(f"no {SECRET}", detail=f"because of {SECRET}", info={"said": SECRET})

    with pytest.raises(Data) as caught:
        carrying(carry, seen).send(READ, {})
    assert (caught.value.sentence, caught.value.detail, caught.value.info) == (
        "no ***",
        "because of ***",
        {"said": "***"},
    )
    assert [(one.status, one.error, one.request) for one in seen] == [(None, "because of ***", {"q": "x"})]


def test_a_write_is_checked_right_before_it_leaves_and_a_read_is_not() -> None:
    def gone() -> None:
        raise InterruptedError("the lease is lost")

    def carry(errand: Errand) -> Response:
        errand.leave()
        return Response(200, {}, None, "")

    seen: list[Exchange] = []
    carrier = carrying(carry, seen, before_send=gone)
    assert carrier.send(READ, {}).status == 200
    with pytest.raises(InterruptedError):
        carrier.send(WRITE, {})
    assert [one.error for one in seen] == ["", "dropped before sending"]


@pytest.mark.parametrize(("deadline", "left"), [(None, 10.0), (4.0, 4.0), (30.0, 10.0)])
def test_the_time_left_is_the_shorter_of_the_calls_and_the_accounts(
    deadline: float | None, left: float
) -> None:
    clock, told = Clock(), []

    def carry(errand: Errand) -> Response:
        told.append(errand.seconds())
        clock.now += left
        with pytest.raises(Transient):
            errand.seconds()
        return Response(200, {}, None, "")

    carrying(carry, [], now=clock).send(READ, {}, deadline=deadline)
    assert told == [left]
