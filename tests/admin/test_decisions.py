"""Deciding about an effect in the admin: what is offered where, what is said first, and that it is done once and on record."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from integrations.access.models import AuditEntry
from integrations.console.marks import short, shortened
from integrations.console.names import operation_title, system_title
from integrations.effects.models import Effect, EffectKey
from integrations.failures.models import Occurrence
from integrations.runs.models import Run, StepEntry
from tests.admin.markup import read
from tests.admin.things import BOX
from tests.admin.world import World

DECISIONS = {"Keep the first", "Credit and make anew", "Make it again", "It never happened"}


def url_of(world: World, name: str) -> str:
    return reverse("admin:run-decide", args=[world.runs[name].pk])


def page_of(client: Client, model: str, pk: int) -> str:
    return client.get(f"/admin/integrations/{model}/{pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("conflict", {"Keep the first", "Credit and make anew", "Make it again"}),
        ("unknown", {"It never happened"}),
        ("missing", set()),
        ("retrying", set()),
        ("running", set()),
        ("succeeded", set()),
    ],
)
def test_a_run_offers_the_decisions_that_apply_to_it(
    world: World, as_person: Callable[[str], Client], name: str, offered: set[str]
) -> None:
    page = as_person("operator").get(f"/admin/integrations/run/{world.runs[name].pk}/change/")
    assert {act.title for act in page.context["acts"]} & DECISIONS == offered


def test_the_decisions_stand_beside_the_comparison(world: World, as_person: Callable[[str], Client]) -> None:
    failure = world.failures["conflict"].pk
    shown = {person: page_of(as_person(person), "failure", failure) for person in ("viewer", "operator")}
    assert {person: "Keep 6,480.00" in html for person, html in shown.items()} == {
        "viewer": False,
        "operator": True,
    }
    assert "Writes a second sales invoice; INV-2039 stays in Sage 50" in shown["operator"]


def test_a_conflict_without_payloads_says_what_was_made(
    world: World, as_person: Callable[[str], Client]
) -> None:
    Occurrence.objects.filter(run=world.runs["conflict"]).update(payloads=None)
    html = page_of(as_person("operator"), "failure", world.failures["conflict"].pk)
    assert "What was made before" in html
    assert "Both payloads" not in html
    assert "Keep 6,480.00" in html


@pytest.mark.parametrize(
    ("name", "decision", "told"),
    [
        ("conflict", "keep_first", ("Keep INV-2039 as it is?", "Nothing is written.", "6,840.00 GBP")),
        ("conflict", "make_again", ("Make the sales invoice again?", "nothing is voided or removed")),
        ("unknown", "never_happened", ("Send the sales invoice again?", "Look in Sage 50")),
    ],
)
def test_what_a_decision_does_is_said_before_it_is_made(
    world: World, as_person: Callable[[str], Client], name: str, decision: str, told: tuple[str, ...]
) -> None:
    answer = as_person("operator").get(url_of(world, name), {"decision": decision})
    html, page = answer.content.decode(), read(answer.content.decode())
    assert [text for text in told if text not in html] == []
    assert (page.inline, page.unbalanced, page.unlabelled) == ([], [], [])
    assert ("required" in html) == (decision != "keep_first")
    assert Run.objects.get(pk=world.runs[name].pk).state == "parked"


def test_keeping_the_first_goes_on_with_it_and_comes_back_to_the_failure(
    world: World, as_person: Callable[[str], Client]
) -> None:
    run, failure = world.runs["conflict"], world.failures["conflict"]
    answer = as_person("operator").post(
        url_of(world, "conflict"), {"decision": "keep_first", "back": "failure"}
    )
    assert answer.headers["Location"] == f"/admin/integrations/failure/{failure.pk}/change/"
    latest = StepEntry.objects.filter(run=run, path="invoice").latest("attempt")
    assert (Run.objects.get(pk=run.pk).state, latest.state) == ("queued", "done")
    entry = AuditEntry.objects.get(action="effect.settle")
    assert (entry.target, entry.environment, entry.note) == (f"run {run.pk}", "prod", "keep_first: ")


def test_making_it_again_frees_its_keys_and_keeps_the_reason(
    world: World, as_person: Callable[[str], Client]
) -> None:
    run, effect = world.runs["conflict"], world.effects["conflict"]
    form = {"decision": "make_again", "note": "The first was voided"}
    html = as_person("operator").post(url_of(world, "conflict"), form, follow=True).content.decode()
    assert "The run goes on and makes it again." in html
    assert not EffectKey.objects.filter(effect=effect).exists()
    assert "The first was voided" in Effect.objects.get(pk=effect.pk).note
    assert Run.objects.get(pk=run.pk).state == "queued"
    assert AuditEntry.objects.get(action="effect.settle").note == "make_again: The first was voided"


def test_saying_that_it_never_happened_frees_the_identity(
    world: World, as_person: Callable[[str], Client]
) -> None:
    run = world.runs["unknown"]
    form = {"decision": "never_happened", "note": "Looked in Sage"}
    as_person("operator").post(url_of(world, "unknown"), form)
    assert Effect.objects.get(run=run).state == "refused"
    assert Run.objects.get(pk=run.pk).state == "queued"


@pytest.mark.parametrize(("name", "decision"), [("conflict", "make_again"), ("unknown", "never_happened")])
def test_what_may_lead_to_a_second_record_needs_a_reason(
    world: World, as_person: Callable[[str], Client], name: str, decision: str
) -> None:
    answer = as_person("operator").post(url_of(world, name), {"decision": decision, "note": "  "})
    page = read(answer.content.decode())
    assert (answer.status_code, page.inline, page.unbalanced) == (422, [], [])
    assert "Give a reason first. Nothing was changed." in answer.content.decode()
    assert Run.objects.get(pk=world.runs[name].pk).state == "parked"
    assert not AuditEntry.objects.filter(action="effect.settle").exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("name", "decision", "told"),
    [
        ("succeeded", "keep_first", "it is succeeded. Nothing was changed."),
        ("conflict", "never_happened", "it waits for something else. Nothing was changed."),
        ("conflict", "burn_it", "it waits for something else. Nothing was changed."),
        ("missing", "keep_first", "it waits for something else. Nothing was changed."),
    ],
)
def test_a_decision_that_does_not_apply_changes_nothing_and_says_so(
    world: World, as_person: Callable[[str], Client], method: str, name: str, decision: str, told: str
) -> None:
    client, form = as_person("operator"), {"decision": decision, "note": "x"}
    answer = getattr(client, method)(url_of(world, name), form, follow=True)
    assert told in answer.content.decode()
    assert Run.objects.get(pk=world.runs[name].pk).state == world.runs[name].state
    assert not AuditEntry.objects.filter(action="effect.settle").exists()


def test_of_two_decisions_only_the_first_is_made(world: World, as_person: Callable[[str], Client]) -> None:
    client, form = as_person("operator"), {"decision": "keep_first"}
    client.post(url_of(world, "conflict"), form)
    html = client.post(url_of(world, "conflict"), form, follow=True).content.decode()
    assert "it is queued. Nothing was changed." in html
    assert AuditEntry.objects.filter(action="effect.settle").count() == 1


@pytest.mark.parametrize("person", ["viewer", "steward", "builder", "releaser"])
def test_only_operators_decide(world: World, as_person: Callable[[str], Client], person: str) -> None:
    answer = as_person(person).post(url_of(world, "conflict"), {"decision": "keep_first"})
    assert answer.status_code == 403
    assert Run.objects.get(pk=world.runs["conflict"].pk).state == "parked"
    assert AuditEntry.objects.filter(action="effect.settle", allowed=False, actor=person).exists()


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("INV-2039", "INV-2039"),
        (f"{BOX}7E90EHDA", "agxzfm…EHDA"),
        (f"{BOX}EHDA:1763733600000:BOX_CHANGE_STAGE", "agxzfm…EHDA:1763733600000:BOX_CHANGE_STAGE"),
        ("email:accounts@bristol-cafes.example", "email:accounts@bristol-cafes.example"),
        ("x." * 40, "x." * 12 + "…." + "x." * 11),
        ("", ""),
    ],
)
def test_long_keys_are_cut_in_the_middle(key: str, told: str) -> None:
    assert shortened(key) == told
    assert f'title="{key}"' in short(key)


def test_the_whole_key_is_on_the_page_of_its_effect(world: World, as_person: Callable[[str], Client]) -> None:
    client, effect = as_person("viewer"), world.effects["conflict"]
    assert f"<code>{effect.identity}</code>" in page_of(client, "effect", effect.pk)
    run = page_of(client, "run", world.runs["conflict"].pk)
    assert f'title="{effect.identity}">agxzfm…7E90</span>' in run


@pytest.mark.parametrize(
    ("operation", "title", "system"),
    [
        ("sage50.create_invoice", "Create a sales invoice · Sage 50 (cloud)", "Sage 50 (cloud)"),
        ("sage50.removed_since", "sage50.removed_since", "Sage 50 (cloud)"),
        ("gone.create", "gone.create", "the far system"),
        ("", "", "the far system"),
    ],
)
def test_operations_are_called_by_their_title(operation: str, title: str, system: str) -> None:
    assert (operation_title(operation), system_title(operation)) == (title, system)
