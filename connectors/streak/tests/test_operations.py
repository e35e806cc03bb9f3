"""Every operation against the sandbox over real HTTP: done once, refused in every way it can be, and found again when its
answer was lost."""

import pytest

from connectors.sdk.errors import Auth, Data, NotFound, OutcomeUnknown, RateLimited, Transient
from connectors.sdk.operation import Read
from connectors.sdk.registry import connector
from connectors.sdk.wire import Json
from connectors.streak.tests.bench import GONE, Bench
from connectors.streak.tests.cases import READS, WRITES

POINTING = {name: case for name, case in {**READS, **WRITES}.items() if case.key}


def test_every_operation_is_tried() -> None:
    reads = {name for name, one in connector("streak").operations.items() if isinstance(one, Read)}
    assert set(READS) == reads
    assert set(WRITES) == set(connector("streak").operations) - reads


@pytest.mark.parametrize("name", READS)
def test_a_reading_operation_gives_what_is_there(bench: Bench, name: str) -> None:
    deal = bench.deal()
    output = bench.read(name, READS[name].data(bench, deal))
    assert READS[name].holds(output, deal), output


@pytest.mark.parametrize(
    ("fault", "failure"), [("rate_limit", RateLimited), ("error", Transient), ("unavailable", Transient)]
)
@pytest.mark.parametrize("name", READS)
def test_a_reading_operation_says_what_went_wrong(
    bench: Bench, name: str, fault: str, failure: type[Exception]
) -> None:
    data = READS[name].data(bench, bench.deal())
    bench.fault(fault)
    with pytest.raises(failure):
        bench.read(name, data)


@pytest.mark.parametrize("name", READS)
def test_a_reading_operation_with_a_bad_key_ends_the_sign_in(bench: Bench, name: str) -> None:
    data = READS[name].data(bench, bench.deal())
    bench.fault("refuse", "always")
    try:
        with pytest.raises(Auth):
            bench.read(name, data)
    finally:
        bench.fault("refuse", "off")


@pytest.mark.parametrize("name", POINTING)
def test_what_points_to_nothing_is_not_found(bench: Bench, name: str) -> None:
    data = {**POINTING[name].data(bench, bench.deal()), POINTING[name].key: GONE}
    with pytest.raises(NotFound):
        bench.do(name, data)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_is_carried_out(bench: Bench, name: str) -> None:
    deal = bench.deal()
    output = bench.write(name, WRITES[name].data(bench, deal))
    assert WRITES[name].holds(output, deal), output


@pytest.mark.parametrize("name", WRITES)
def test_a_write_with_a_lost_answer_is_found_again(bench: Bench, name: str) -> None:
    data = WRITES[name].data(bench, bench.deal())
    operation, request, mark = bench.prepare(name, data)
    assert bench.found(name, request, mark) == []
    bench.fault("lose_answer")
    with pytest.raises(OutcomeUnknown):
        bench.carry_out(name, data, request)
    (match,) = bench.found(name, request, mark)
    assert match.far_id == operation.far_id(match.output)
    if operation.standing is not None:
        assert operation.standing(bench.call(), match.far_id) == "stands"


REFUSED = [("error", OutcomeUnknown), ("unavailable", OutcomeUnknown), ("rate_limit", RateLimited)]


@pytest.mark.parametrize(("fault", "failure"), REFUSED)
@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_was_not_carried_out_is_not_found(
    bench: Bench, name: str, fault: str, failure: type[Exception]
) -> None:
    data = WRITES[name].data(bench, bench.deal())
    _, request, mark = bench.prepare(name, data)
    bench.fault(fault)
    with pytest.raises(failure):
        bench.carry_out(name, data, request)
    assert bench.found(name, request, mark) == []


@pytest.mark.parametrize("name", WRITES)
def test_a_write_with_a_bad_key_ends_the_sign_in(bench: Bench, name: str) -> None:
    data = WRITES[name].data(bench, bench.deal())
    _, request, _ = bench.prepare(name, data)
    bench.fault("refuse", "always")
    try:
        with pytest.raises(Auth):
            bench.carry_out(name, data, request)
    finally:
        bench.fault("refuse", "off")


@pytest.mark.parametrize("name", [name for name in WRITES if name.startswith(("create_", "log_"))])
def test_a_made_record_that_was_deleted_does_not_stand(bench: Bench, name: str) -> None:
    data = WRITES[name].data(bench, bench.deal())
    operation, request, _ = bench.prepare(name, data)
    _, again, _ = bench.prepare(name, data)
    assert operation.standing is not None
    assert operation.standing(bench.call(), GONE) == "gone"
    assert request.json != again.json
    assert operation.unmarked(request) == operation.unmarked(again)


WRONG: dict[str, tuple[str, Json]] = {
    "a contact of nothing": ("create_contact", {"title": "Buyer"}),
    "two equal addresses": ("create_contact", {"emails": ["a@b.example", "a@b.example"]}),
    "no address": ("find_or_create_contact", {"email": "nobody"}),
    "no address to look for": ("find_contacts", {"email": "nobody"}),
    "an organization of nothing": ("create_organization", {"industry": "Books"}),
    "no domain": ("find_or_create_organization", {"domain": "a@b.example"}),
    "nothing to look for": ("find_organizations", {}),
    "nothing to tell of": ("list_newsfeed", {}),
    "a stranger's task": ("create_task", {"text": "x", "assigned_to": ["stranger@x.example"]}),
    "a call without a time": ("log_activity", {"kind": "call", "text": "x"}),
}


@pytest.mark.parametrize(("name", "data"), WRONG.values(), ids=list(WRONG))
def test_wrong_input_is_a_fault_of_the_record(bench: Bench, name: str, data: Json) -> None:
    deal = bench.deal()
    given = {**data, "box_key": deal["box"]} if name in ("create_task", "log_activity") else data
    with pytest.raises(Data):
        bench.do(name, given)
