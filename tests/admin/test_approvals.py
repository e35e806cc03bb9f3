"""Questions in the admin: what waits, a form to decide with, and who may."""

from collections.abc import Callable

from django.test import Client

from integrations.approvals.models import Approval
from integrations.payloads import codec
from tests.admin.world import World

LIST = "/admin/integrations/approval/"


def waiting() -> Approval:
    return Approval.objects.get(state="waiting")


def post(client: Client, **typed: str) -> str:
    page = client.post(f"{LIST}{waiting().pk}/decide/", typed, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def test_the_list_shows_what_waits_and_the_sidebar_counts_it(
    world: World, as_person: Callable[[str], Client]
) -> None:
    page = as_person("viewer").get(LIST)
    assert [one.pk for one in page.context["cl"].result_list] == [waiting().pk]
    everything = as_person("viewer").get(f"{LIST}?state=all")
    assert len(everything.context["cl"].result_list) == 2
    counts = {entry.title: entry.count for section in page.context["navigation"] for entry in section.entries}
    assert counts["Approvals"] == 1


def test_the_page_shows_the_question_as_text_and_its_form(
    world: World, as_person: Callable[[str], Client]
) -> None:
    html = as_person("operator").get(f"{LIST}{waiting().pk}/change/").content.decode()
    assert "&lt;b&gt;9 desks&lt;/b&gt;" in html
    assert [html.index(f'name="answer-{name}"') for name in ("discount", "terms", "ship")] == sorted(
        html.index(f'name="answer-{name}"') for name in ("discount", "terms", "ship")
    )


def test_approving_writes_the_answer_and_the_run_goes_on(
    world: World, as_person: Callable[[str], Client]
) -> None:
    number = waiting().pk
    typed = {"answer-discount": "12.50", "answer-terms": "net 30", "answer-ship": "false", "note": "Go."}
    assert "Approved. The run goes on." in post(as_person("operator"), approve="yes", **typed)
    one = Approval.objects.get(pk=number)
    assert (one.state, one.decided_by, one.note) == ("approved", "operator", "Go.")
    assert codec.unpack(one.answer) == {"discount": "12.50", "terms": "net 30", "ship": False}
    world.runs["asking"].refresh_from_db()
    assert world.runs["asking"].state == "queued"


def test_a_wrong_answer_is_shown_at_its_field_with_what_was_typed(
    world: World, as_person: Callable[[str], Client]
) -> None:
    html = post(as_person("operator"), approve="yes", **{"answer-discount": "much", "note": "Hm."})
    assert 'value="much"' in html
    assert "discount: " in html
    assert "Hm." in html
    assert waiting()


def test_rejecting_needs_no_form(world: World, as_person: Callable[[str], Client]) -> None:
    number = waiting().pk
    assert "Rejected. The run goes on." in post(as_person("operator"), reject="yes", note="Too early.")
    again = as_person("operator").post(f"{LIST}{number}/decide/", {"approve": "yes"}, follow=True)
    assert "operator has rejected this" in again.content.decode()


def test_a_viewer_sees_who_decides_and_may_not(world: World, as_person: Callable[[str], Client]) -> None:
    client = as_person("viewer")
    html = client.get(f"{LIST}{waiting().pk}/change/").content.decode()
    assert "Deciding needs the role operator in Production." in html
    assert "answer-discount" not in html
    assert client.post(f"{LIST}{waiting().pk}/decide/", {"approve": "yes"}).status_code == 403


def test_the_page_of_a_run_leads_to_its_question(world: World, as_person: Callable[[str], Client]) -> None:
    run = world.runs["asking"]
    html = as_person("viewer").get(f"/admin/integrations/run/{run.pk}/change/").content.decode()
    assert f'href="{LIST}{waiting().pk}/change/"' in html
