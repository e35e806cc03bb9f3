"""Whole effects on our simulators over real HTTP: native keys, marks and look-ups with answers lost, commits that land late,
drafts written over, posted invoices credited and made anew, with a death at every boundary."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from connectors.sdk import errors, registry
from connectors.sdk.operation import Call, Write
from connectors.sdk.wire import Json, Request, Response
from integrations.effects import undo as errand
from integrations.effects import undoing
from integrations.effects.models import CrossReference, Effect, Undoing
from integrations.engine.node import EffectSpec, OnChange
from integrations.engine.waiting import Held, Superseded
from integrations.runs.models import Run
from integrations.runs.writer import InlineWriter
from integrations.vault.models import Connection
from tests.contract.conftest import Bench
from tests.contract.test_connectors_against_the_sandbox import NEW_CUSTOMER, add_deal, invoice
from tests.effects.conftest import Means, World, time_passes, world
from tests.effects.mortal import Died, Fate, MortalWriter

__all__ = ["world"]

TRIES = 10
CREATE = "sage50.create_invoice"


class Watched:
    """A call that tells when a request leaves and when its answer is there."""

    def __init__(self, call: Call, fate: Fate) -> None:
        self._call = call
        self._fate = fate

    @property
    def settings(self) -> Mapping[str, Json]:
        return self._call.settings

    def get(self, path: str, query: Mapping[str, Json] | None = None) -> Json:
        return self._call.get(path, query)

    def cached(self, key: str, seconds: float, load: Callable[[], Json]) -> Json:
        return self._call.cached(key, seconds, load)

    def send(self, request: Request) -> Response:
        self._fate.passing()
        response = self._call.send(request)
        self._fate.passing()
        return response


class Books:
    """Sage's sandbox with one customer, and steps of flows that write to it."""

    def __init__(self, bench: Bench, world: World) -> None:
        self.bench, self.world = bench, world
        self.customer = str(bench.write("sage50.find_or_create_customer", NEW_CUSTOMER)["id"])
        Connection.objects.filter(pk=world.connection.pk).update(connector="sage50")
        world.connection.refresh_from_db()
        self.call = bench.call("sage50")

    def lines(self, quantity: str, tax: str, status: str) -> Json:
        data = invoice(self.customer, tax)
        data["lines"][0]["quantity"] = quantity
        return {**data, "status": status}

    def step(
        self, run: Run, data: Json, policy: OnChange = "hold", fate: Fate | None = None, name: str = CREATE
    ) -> Json:
        told = fate or Fate(0)
        spec = EffectSpec(identity=("box-1",), on_change=policy, source="box-1")
        return self.world.write(
            self.world.claimed_again(run),
            operation_of(name),
            data,
            spec=spec,
            means=Means(MortalWriter(told), Watched(self.call, told), name),
        )

    def to_the_end(self, run: Run, data: Json, policy: OnChange, at: int = 0) -> tuple[Json, bool]:
        """Go on until the step is done, dying once at the given boundary. (output, whether the death came true)"""
        died = False
        for number in range(TRIES):
            try:
                return self.step(run, data, policy, Fate(at if number == 0 else 0)), died
            except Died:
                died = True
            except (errors.Transient, Held):
                pass
            time_passes()
            if number:
                landed(self.bench)
        pytest.fail("It is not done after all these tries.")

    def all(self, kind: str) -> list[Json]:
        query = {"contact_id": self.customer, "attributes": "all"}
        found: list[Json] = self.call.get(f"/{kind}", query)["$items"]
        return found

    def standing(self) -> list[str]:
        """Invoices that aren't void, with their totals."""
        return [
            str(one["total_amount"]) for one in self.all("sales_invoices") if one["status"]["id"] != "VOID"
        ]


def landed(bench: Bench) -> None:
    """Whatever the sandbox carries out late is done now: within the settle time it always is."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        seen = [one["fault"] for one in bench.host.traffic.after(0, limit=20_000)["items"]]
        if seen.count("late_commit") >= sum(
            hits(bench, system, "late_commit") for system in bench.host.worlds
        ):
            return
        time.sleep(0.02)


def hits(bench: Bench, system: str, fault: str) -> int:
    """How often this fault has struck."""
    return next(int(one["hits"]) for one in bench.host.worlds[system].faults.view() if one["id"] == fault)


def operation_of(name: str) -> Write:
    found = registry.operation(name)
    assert isinstance(found, Write)
    return found


@pytest.fixture
def books(bench: Bench, world: World, monkeypatch: pytest.MonkeyPatch) -> Books:
    made = Books(bench, world)
    monkeypatch.setattr(errand, "call_on", lambda _connection, _budget: made.call)
    return made


FIRST, SECOND = ("15", "90.29"), ("16", "96.30")
TOTALS = ("541.72", "577.82")


@pytest.mark.parametrize("fault", ["lose_answer", "late_commit"])
def test_a_lost_answer_of_a_new_invoice_leaves_one_invoice(books: Books, fault: str) -> None:
    books.bench.control("/api/faults", system="sage50", kind=fault, mode="next", millis=300)
    output, _ = books.to_the_end(books.world.run(), books.lines(*FIRST, "open"), "hold")
    assert books.standing() == [TOTALS[0]]
    assert output["total_amount"] == TOTALS[0]


@pytest.mark.parametrize("fault", ["lose_answer", "late_commit"])
def test_a_lost_comment_and_a_lost_field_are_found_by_mark_and_by_reading_back(
    bench: Bench, world: World, fault: str
) -> None:
    box, call = add_deal(bench), bench.call("streak")
    for name, data in (
        ("streak.create_comment", {"box_key": box, "message": "Invoice SI-1 made"}),
        ("streak.update_box", {"box_key": box, "fields": {"Sage invoice": "SI-1"}}),
    ):
        bench.control("/api/faults", system="streak", kind=fault, mode="next", millis=300)
        run = world.run()
        for number in range(TRIES):
            try:
                world.write(
                    world.claimed_again(run),
                    operation_of(name),
                    data,
                    f"{box}/{name}",
                    means=Means(call=call, name=name),
                )
                break
            except errors.Transient:
                time_passes()
                if number:
                    landed(bench)
        assert hits(bench, "streak", fault) > 0
    assert len([one for one in comments(call, box) if "SI-1" in one["message"]]) == 1
    assert bench.read("streak.get_box", {"box_key": box})["fields"]["Sage invoice"] == "SI-1"


def comments(call: Call, box: str) -> list[Any]:
    answer = call.get(f"/v2/boxes/{box}/comments")
    return answer if isinstance(answer, list) else answer["results"]


def test_changed_content_is_written_over_the_draft_and_met_as_the_same_afterwards(books: Books) -> None:
    first = books.step(books.world.run(), books.lines(*FIRST, "draft"))
    second = books.step(books.world.run(), books.lines(*SECOND, "draft"), "update")
    third = books.step(books.world.run(), books.lines(*SECOND, "draft"))

    assert (first["id"], second["total_amount"], third) == (second["id"], TOTALS[1], second)
    assert books.standing() == [TOTALS[1]]
    made = Effect.objects.get(kind="create")
    assert (str(made.amount), made.generation) == ("577.8200", 1)
    assert Effect.objects.get(kind="update").operation == "sage50.update_invoice"


@pytest.mark.parametrize("at", range(1, 12))
def test_a_death_while_a_draft_is_written_over_leaves_the_new_content_once(books: Books, at: int) -> None:
    books.step(books.world.run(), books.lines(*FIRST, "draft"))
    books.to_the_end(books.world.run(), books.lines(*SECOND, "draft"), "update", at)
    assert books.standing() == [TOTALS[1]]
    assert str(Effect.objects.get(kind="create").amount) == "577.8200"


def test_a_posted_invoice_is_not_written_over_but_held(books: Books) -> None:
    books.step(books.world.run(), books.lines(*FIRST, "open"))
    with pytest.raises(errors.Conflict) as held:
        books.step(books.world.run(), books.lines(*SECOND, "open"), "update")
    assert held.value.code == "payload_changed"
    assert books.standing() == [TOTALS[0]]


@pytest.mark.parametrize("policy", ["update", "credit"])
def test_an_older_event_never_changes_what_a_later_one_made(books: Books, policy: OnChange) -> None:
    early, late = books.world.run(), books.world.run()
    made = books.step(late, books.lines(*SECOND, "draft"))
    with pytest.raises(Superseded) as overtaken:
        books.step(early, books.lines(*FIRST, "draft"), policy)
    assert overtaken.value.output == made
    assert books.standing() == [TOTALS[1]]


def test_a_posted_invoice_is_credited_and_made_anew(books: Books) -> None:
    first = books.step(books.world.run(), books.lines(*FIRST, "open"))
    second = books.step(books.world.run(), books.lines(*SECOND, "open"), "credit")

    [note] = books.all("sales_credit_notes")
    assert (str(note["total_amount"]), note["original_invoice_number"]) == (TOTALS[0], first["displayed_as"])
    assert sorted(books.standing()) == sorted(TOTALS)
    generations = Effect.objects.filter(identity="box-1").order_by("generation")
    assert [(one.generation, one.far_id) for one in generations] == [(1, first["id"]), (2, second["id"])]
    asked = Undoing.objects.get()
    assert (asked.state, asked.effect, asked.done_by and asked.done_by.far_id) == (
        "done",
        generations[0],
        note["id"],
    )
    assert books.step(books.world.run(), books.lines(*SECOND, "open"), "credit") == second
    assert set(CrossReference.objects.values_list("record", flat=True)) == {
        "sales_invoice",
        "sales_credit_note",
    }


@pytest.mark.parametrize("status", ["draft", "open"])
@pytest.mark.parametrize("at", range(1, 18))
def test_a_death_between_crediting_and_making_anew_leaves_one_of_each(
    books: Books, status: str, at: int
) -> None:
    books.step(books.world.run(), books.lines(*FIRST, status))
    books.to_the_end(books.world.run(), books.lines(*SECOND, status), "credit", at)
    live = books.standing()
    notes = [str(one["total_amount"]) for one in books.all("sales_credit_notes")]
    assert (sorted(live), notes) == ((sorted(TOTALS), [TOTALS[0]]) if status == "open" else ([TOTALS[1]], []))
    assert Undoing.objects.get().state == "done"


class OnceCredited(Fate):
    """Dies as soon as the credit note is confirmed."""

    def passing(self) -> None:
        if Undoing.objects.filter(state=Undoing.State.DONE).exists():
            raise Died


def test_it_is_made_anew_even_if_the_content_has_changed_back_meanwhile(books: Books) -> None:
    """Credited, then a death, then the deal is as it was at first: without an invoice it must not stay."""
    books.step(books.world.run(), books.lines(*FIRST, "open"))
    run = books.world.run()
    with pytest.raises(Died):
        books.step(run, books.lines(*SECOND, "open"), "credit", OnceCredited(0))
    assert len(books.all("sales_credit_notes")) == 1
    time_passes()
    books.to_the_end(run, books.lines(*FIRST, "open"), "credit")
    assert len(books.standing()) == 2
    assert len(books.all("sales_credit_notes")) == 1


def asked_by_a_person(books: Books, effect: Effect, **rest: Any) -> None:
    undoing.ask(effect, by="dana", reason="Ordered twice", **rest)


def test_what_a_person_asks_for_is_done_once_by_an_errand_however_often_it_is_asked(books: Books) -> None:
    books.step(books.world.run(), books.lines(*FIRST, "open"))
    effect = Effect.objects.get()
    for _ in range(3):
        asked_by_a_person(books, effect)
        errand.undo_due(InlineWriter())

    asked = Undoing.objects.get()
    [note] = books.all("sales_credit_notes")
    assert (asked.state, asked.by, asked.reason) == ("done", "dana", "Ordered twice")
    assert asked.done_by is not None
    assert (asked.done_by.far_id, str(asked.done_by.amount), asked.done_by.run) == (
        note["id"],
        "-541.7200",
        None,
    )


@pytest.mark.parametrize("fault", ["lose_answer", "late_commit"])
def test_a_lost_answer_of_a_credit_note_leaves_one(books: Books, fault: str) -> None:
    books.step(books.world.run(), books.lines(*FIRST, "open"))
    asked_by_a_person(books, Effect.objects.get())
    books.bench.control("/api/faults", system="sage50", kind=fault, mode="next", millis=300)
    for _ in range(TRIES):
        errand.undo_due(InlineWriter())
        time_passes()
        Undoing.objects.exclude(due_at=None).update(due_at=Undoing.objects.get().asked_at)
    assert len(books.all("sales_credit_notes")) == 1
    assert Undoing.objects.get().state == "done"


@pytest.mark.parametrize("at", range(1, 12))
def test_an_errand_that_dies_at_any_boundary_is_carried_on_by_the_next(books: Books, at: int) -> None:
    books.step(books.world.run(), books.lines(*FIRST, "open"))
    asked_by_a_person(books, Effect.objects.get())
    try:
        errand.undo_due(MortalWriter(Fate(at)))
    except Died:
        time_passes()
        Undoing.objects.exclude(due_at=None).update(due_at=Undoing.objects.get().asked_at)
    for _ in range(TRIES):
        errand.undo_due(InlineWriter())
        time_passes()
        Undoing.objects.exclude(due_at=None).update(due_at=Undoing.objects.get().asked_at)
    assert len(books.all("sales_credit_notes")) == 1
    assert Undoing.objects.get().state == "done"


def test_a_draft_is_deleted_instead_and_a_record_that_is_gone_counts_as_undone(books: Books) -> None:
    books.step(books.world.run(), books.lines(*FIRST, "draft"))
    effect = Effect.objects.get()
    asked_by_a_person(books, effect)
    errand.undo_due(InlineWriter())
    assert (books.standing(), books.all("sales_credit_notes"), Undoing.objects.get().state) == (
        [],
        [],
        "done",
    )

    Undoing.objects.all().delete()
    asked_by_a_person(books, effect)
    errand.undo_due(InlineWriter())
    assert Undoing.objects.get().state == "done"


def test_what_has_changed_since_the_preview_is_held_and_can_be_asked_for_again(books: Books) -> None:
    made = books.step(books.world.run(), books.lines(*FIRST, "draft"))
    effect = Effect.objects.get()
    seen = undoing.digest_of(undoing.offer(effect, books.call, ""))
    books.call.send(Request("POST", f"/sales_invoices/{made['id']}/release", json={}))
    asked_by_a_person(books, effect, seen=seen)
    errand.undo_due(InlineWriter())
    held = Undoing.objects.get()
    assert (held.state, books.standing()) == ("held", [TOTALS[0]])
    assert "changed since the preview" in held.note

    asked_by_a_person(books, effect)
    errand.undo_due(InlineWriter())
    assert Undoing.objects.get().state == "done"
    assert len(books.all("sales_credit_notes")) == 1


def test_a_run_that_meets_what_a_person_had_undone_goes_to_a_person(books: Books) -> None:
    books.step(books.world.run(), books.lines(*FIRST, "open"))
    asked_by_a_person(books, Effect.objects.get())
    errand.undo_due(InlineWriter())
    with pytest.raises(errors.Conflict, match="was undone by dana"):
        books.step(books.world.run(), books.lines(*SECOND, "open"), "credit")
    assert books.standing() == [TOTALS[0]]
