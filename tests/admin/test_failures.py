"""Failures in the admin: the way to a fix, in one group and in bulk, and who may go it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations.access.models import AuditEntry
from integrations.failures.comparison import compare
from integrations.failures.models import Failure
from integrations.mapping.lookup import lookup
from integrations.runs.models import Run
from tests.admin.world import World


def states(world: World, failure: str) -> set[str]:
    occurrences = world.failures[failure].occurrences.all()
    return {run.state for run in Run.objects.filter(occurrences__in=occurrences)}


def test_the_inbox_sorts_by_money_and_shows_what_waits(
    world: World, as_person: Callable[[str], Client]
) -> None:
    page = as_person("viewer").get("/admin/integrations/failure/")
    assert [one.pk for one in page.context["cl"].result_list] == [
        world.failures["missing"].pk, world.failures["conflict"].pk, world.failures["unknown"].pk,
    ]  # fmt: skip
    assert "10,088.00 GBP" in page.content.decode()


def test_adding_the_missing_row_lets_the_waiting_runs_go_on(
    world: World, as_person: Callable[[str], Client]
) -> None:
    failure = world.failures["missing"]
    answer = as_person("everywhere").post(
        f"/admin/integrations/failure/{failure.pk}/add-row/",
        {"cell-gl_account": "4000", "cell-share": "1.00", "valid_from": "", "retry": "yes"},
        follow=True,
    )
    assert "Row “Lighting” added. 4 runs go on." in answer.content.decode()
    assert states(world, "missing") == {"queued"}
    found = lookup(
        "product_gl", world.prod.pk, ["lighting"], "gl_account", world.runs["missing"].queued_at.date()
    )
    assert found == "4000"
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"table.edit", "failure.triage"}


def test_a_row_that_is_refused_keeps_what_was_typed_and_retries_nothing(
    world: World, as_person: Callable[[str], Client]
) -> None:
    failure = world.failures["missing"]
    answer = as_person("everywhere").post(
        f"/admin/integrations/failure/{failure.pk}/add-row/",
        {"cell-gl_account": "4000", "cell-share": "a lot", "retry": "yes"},
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Share: “a lot” is not a number." in html
    assert 'value="a lot"' in html
    assert states(world, "missing") == {"parked"}


@pytest.mark.parametrize(
    ("person", "retry", "status", "state"),
    [
        ("viewer", "yes", 403, "parked"),
        ("operator", "yes", 403, "parked"),
        ("steward", "yes", 403, "parked"),
        ("steward", "", 302, "parked"),
        ("administrator", "yes", 302, "queued"),
    ],
)
def test_adding_a_row_needs_a_steward_and_retrying_an_operator(
    world: World, as_person: Callable[[str], Client], person: str, retry: str, status: int, state: str
) -> None:
    form = {"cell-gl_account": "4000"} | ({"retry": retry} if retry else {})
    path = f"/admin/integrations/failure/{world.failures['missing'].pk}/add-row/"
    assert as_person(person).post(path, form).status_code == status
    assert states(world, "missing") == {state}
    assert world.table.rows.filter(lookup="lighting").count() == (1 if status == 302 else 0)


def test_the_buttons_are_those_the_role_may_press(world: World, as_person: Callable[[str], Client]) -> None:
    path = f"/admin/integrations/failure/{world.failures['missing'].pk}/change/"
    pages = {
        person: as_person(person).get(path).content.decode()
        for person in ("viewer", "operator", "steward", "everywhere")
    }
    assert {name: "Add row and retry 4 runs" in html for name, html in pages.items()} == {
        "viewer": False, "operator": False, "steward": False, "everywhere": True,
    }  # fmt: skip
    assert "Add row only" in pages["steward"]
    assert "needs the role steward in Production" in pages["operator"]


def test_a_conflict_shows_both_payloads_field_by_field(
    world: World, as_person: Callable[[str], Client]
) -> None:
    html = (
        as_person("viewer")
        .get(f"/admin/integrations/failure/{world.failures['conflict'].pk}/change/")
        .content.decode()
    )
    rows = [part.partition("</tr>")[0] for part in html.split('<tr class="changed">')[1:]]
    assert [row.count("<td>") for row in rows] == [3, 3, 3]
    assert "360.00" in rows[0]
    assert "380.00" in rows[0]
    assert "6480.00" in rows[1]
    assert "Won again" in rows[2]


@pytest.mark.parametrize(
    ("confirmed", "intended", "told"),
    [
        ({"a": "1"}, {"a": "1"}, [("a", "1", "1", False)]),
        ({"a": "1"}, {"a": "1.0"}, [("a", "1", "1.0", True)]),
        (
            {"a": [1]},
            {"a": [1, {"b": None}]},
            [("a / 1", "1", "1", False), ("a / 2 / b", "", "nothing", True)],
        ),
        ({"a": False}, {"a": 0}, [("a", "no", "0", True)]),
        ({"a": {}}, {}, [("a", "empty", "", True), ("", "", "empty", True)]),
    ],
)
def test_payloads_are_compared_leaf_by_leaf(
    confirmed: object, intended: object, told: list[tuple[str, str, str, bool]]
) -> None:
    found = compare(confirmed, intended)
    assert [(one.place, one.confirmed, one.intended, one.changed) for one in found] == told


def test_bulk_acts_say_counts_and_money_before_they_act(
    world: World, as_person: Callable[[str], Client]
) -> None:
    chosen = [world.failures[name].pk for name in ("missing", "conflict")]
    client, path = as_person("operator"), "/admin/integrations/failure/"
    asked = client.post(path, {"action": "retry_groups", "index": "0", "_selected_action": chosen})
    html = asked.content.decode()
    assert "Retry 5 runs?" in html
    assert "6,840.00 GBP" in html
    assert "steps reused" in html
    assert states(world, "missing") == {"parked"}
    done = client.post(
        path,
        {"action": "retry_groups", "index": "0", "_selected_action": chosen, "confirmed": "yes"},
        follow=True,
    )
    assert "5 runs go on." in done.content.decode()
    assert states(world, "missing") | states(world, "conflict") == {"queued"}


def test_ignoring_needs_confirmation_and_keeps_the_reason(
    world: World, as_person: Callable[[str], Client]
) -> None:
    failure = world.failures["conflict"]
    path = f"/admin/integrations/failure/{failure.pk}/ignore/"
    client = as_person("operator")
    assert "Ignore and cancel 1" in client.get(path).content.decode()
    client.post(path, {"note": "Deal was a test"})
    failure.refresh_from_db()
    assert (failure.state, failure.note) == (Failure.State.IGNORED, "Ignored: Deal was a test")
    assert states(world, "conflict") == {"cancelled"}


@pytest.mark.parametrize("act", ["retry", "resolve", "ignore", "note", "snooze"])
def test_a_viewer_changes_nothing(world: World, as_person: Callable[[str], Client], act: str) -> None:
    failure = world.failures["missing"]
    answer = as_person("viewer").post(f"/admin/integrations/failure/{failure.pk}/{act}/", {"note": "x"})
    failure.refresh_from_db()
    assert answer.status_code == 403
    assert (failure.state, failure.note, states(world, "missing")) == (Failure.State.OPEN, "", {"parked"})
    assert AuditEntry.objects.filter(allowed=False, actor="viewer").exists()


def test_a_note_is_kept_and_the_failure_taken_and_given_back(
    world: World, as_person: Callable[[str], Client]
) -> None:
    failure, client = world.failures["missing"], as_person("operator")
    path = f"/admin/integrations/failure/{failure.pk}/note/"
    client.post(path, {"note": "Asked finance", "owner": "take"})
    failure.refresh_from_db()
    assert (failure.note, failure.owner) == ("Asked finance", world.people["operator"])
    client.post(path, {"note": "Asked finance", "owner": "give"})
    failure.refresh_from_db()
    assert failure.owner is None


@pytest.mark.parametrize(("wanted", "days"), [("day", 1), ("week", 7)])
def test_a_snoozed_failure_leaves_the_inbox_and_can_be_opened_again(
    world: World, as_person: Callable[[str], Client], wanted: str, days: int
) -> None:
    failure, client = world.failures["missing"], as_person("operator")
    path = f"/admin/integrations/failure/{failure.pk}/"
    before = timezone.now()
    html = client.post(f"{path}snooze/", {"for": wanted}, follow=True).content.decode()
    failure.refresh_from_db()
    assert failure.state == Failure.State.SNOOZED
    assert failure.snoozed_until is not None
    assert before <= failure.snoozed_until - timedelta(days=days) <= timezone.now()
    assert f"Snoozed for a {wanted}. Runs keep waiting." in html
    assert "Open again" in html
    inbox = client.get("/admin/integrations/failure/").context["cl"].result_list
    assert failure.pk not in [one.pk for one in inbox]
    assert states(world, "missing") == {"parked"}
    client.post(f"{path}snooze/", {"for": "none"})
    opened = Failure.objects.get(pk=failure.pk)
    assert (opened.state, opened.snoozed_until) == (Failure.State.OPEN, None)
    notes = AuditEntry.objects.filter(action="failure.triage").order_by("pk").values_list("note", flat=True)
    assert list(notes) == [f"snoozed for a {wanted}", "opened again"]


@pytest.mark.parametrize(("state", "wanted"), [("resolved", "day"), ("ignored", "none"), ("open", "year")])
def test_what_is_settled_is_not_snoozed(
    world: World, as_person: Callable[[str], Client], state: str, wanted: str
) -> None:
    failure = world.failures["missing"]
    Failure.objects.filter(pk=failure.pk).update(state=state)
    path = f"/admin/integrations/failure/{failure.pk}/snooze/"
    html = as_person("operator").post(path, {"for": wanted}, follow=True).content.decode()
    failure.refresh_from_db()
    assert (failure.state, failure.snoozed_until) == (state, None)
    assert "Nothing was changed." in html
