"""Every page of the admin: it renders for whoever may see it, with few queries, nothing inline, and no secret."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrations.access.models import Role
from tests.admin.markup import read
from tests.admin.pages import LISTS, pages_of
from tests.admin.world import SECRET, World

MOST_QUERIES = 24
SECTIONS = {
    "viewer": "Engine Effects Failures Connections Mapping Environments",
    "administrator": "Engine Effects Failures Connections Mapping Environments Access",
}


def test_every_page_renders_within_its_policy_and_its_queries(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("everywhere")
    for name, path in pages_of(world).items():
        with CaptureQueriesContext(connection) as asked:
            response = client.get(path)
        html = response.content.decode()
        page = read(html)
        assert response.status_code == 200, name
        assert page.inline == [], name
        assert page.unbalanced == [], name
        assert len(page.ids) == len(set(page.ids)), (
            f"{name}: {sorted(one for one in page.ids if page.ids.count(one) > 1)}"
        )
        assert page.unlabelled == [], name
        assert SECRET not in html, name
        assert "{{" not in html, name
        assert len(asked) <= MOST_QUERIES, f"{name}: {len(asked)}"
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("role", [*Role.values, "superuser"])
def test_every_page_answers_every_role_with_a_page_or_a_refusal(
    world: World, as_person: Callable[[str], Client], role: str
) -> None:
    client = as_person(role)
    for name, path in pages_of(world).items():
        response = client.get(path)
        assert response.status_code in {200, 403, 404}, f"{name}: {response.status_code}"
        assert SECRET not in response.content.decode(), name


@pytest.mark.parametrize(("role", "sections"), SECTIONS.items())
def test_the_sidebar_shows_what_the_role_may_open(
    world: World, as_person: Callable[[str], Client], role: str, sections: str
) -> None:
    html = as_person(role).get("/admin/").content.decode()
    shown = html.partition('id="nav-sidebar"')[2].partition("</nav>")[0]
    assert [part.partition("</h2>")[0] for part in shown.split("<h2>")[1:]] == sections.split()


def test_somebody_without_a_role_is_sent_to_sign_in(world: World, as_person: Callable[[str], Client]) -> None:
    response = as_person("nobody").get("/admin/")
    assert response.status_code == 302
    page = as_person("nobody").get(response.headers["Location"])
    assert "who has no role here" in page.content.decode()


@pytest.mark.django_db
def test_the_sign_in_page_is_ours_and_strict() -> None:
    response = Client().get("/admin/login/")
    page = read(response.content.decode())
    assert (response.status_code, page.inline, page.unbalanced, page.unlabelled) == (200, [], [], [])
    assert "Sign in to administration" in response.content.decode()


def test_lists_end_where_a_role_ends(world: World, as_person: Callable[[str], Client]) -> None:
    world.runs["succeeded"].environment = world.dev
    world.runs["succeeded"].save()
    html = as_person("viewer").get("/admin/integrations/run/").content.decode()
    assert "Harlow Interiors" in html
    assert "Oak &amp; Ash" not in html
    assert (
        as_person("viewer").get(f"/admin/integrations/run/{world.runs['succeeded'].pk}/change/").status_code
        == 404
    )


def test_the_environment_in_the_header_limits_the_lists(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("everywhere")
    answer = client.post("/admin/environment/", {"environment": "dev", "next": "/admin/integrations/run/"})
    assert answer.headers["Location"] == "/admin/integrations/run/"
    assert "Harlow Interiors" not in client.get("/admin/integrations/run/").content.decode()
    client.post("/admin/environment/", {"environment": "", "next": "https://elsewhere.example/"})
    assert "Harlow Interiors" in client.get("/admin/integrations/run/").content.decode()


def test_switching_the_environment_never_leaves_the_site(
    world: World, as_person: Callable[[str], Client]
) -> None:
    answer = as_person("viewer").post("/admin/environment/", {"next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/admin/"


@pytest.mark.parametrize("name", ["run", "event", "effect", "crossreference", "auditentry"])
def test_lists_of_large_tables_never_count_them(
    world: World, as_person: Callable[[str], Client], name: str
) -> None:
    client = as_person("everywhere")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/admin/integrations/{name}/?q=agxz")
    table = f'FROM "integrations_{name}"'
    counts = [one["sql"] for one in asked if "COUNT(" in one["sql"].upper() and table in one["sql"]]
    assert counts == []


def test_runs_are_paged_from_where_the_last_page_ended(
    world: World, as_person: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.runs.admin.RunAdmin.list_per_page", 4)
    client, seen, path = as_person("viewer"), [], "/admin/integrations/run/"
    query = ""
    while True:
        shown = client.get(path + query).context["cl"]
        seen += [run.pk for run in shown.result_list]
        if not shown.older:
            break
        query = shown.older
    assert seen == sorted((run.pk for run in world.release.runs.all()), reverse=True)
    back = client.get(path + shown.newer).context["cl"]
    last = (len(seen) - 1) // 4 * 4
    assert [run.pk for run in back.result_list] == seen[last - 4 : last]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=harlow", ["Harlow Interiors - 12 lamps"]),
        ("state__exact=running", ["Brook Hotel - 20 lamps"]),
        ("q=nothing+like+it", []),
    ],
)
def test_runs_are_found_by_title_and_state(
    world: World, as_person: Callable[[str], Client], query: str, found: list[str]
) -> None:
    page = as_person("viewer").get(f"/admin/integrations/run/?{query}")
    assert [run.title for run in page.context["cl"].result_list] == found


def test_what_arrived_is_shown_as_text_only(world: World, as_person: Callable[[str], Client]) -> None:
    event = world.runs["missing"].event
    html = as_person("viewer").get(f"/admin/integrations/event/{event.pk}/change/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html


def test_the_admin_and_the_designer_share_one_set_of_colours() -> None:
    root = Path(__file__).parents[2]
    ours = declarations(root / "integrations/static/interlock/css/tokens.css")
    theirs = declarations(root / "frontend/src/app/theme/tokens.css")
    assert {name: ours.get(name) for name in theirs} == theirs


def declarations(path: Path) -> dict[str, str]:
    """The custom properties of a style sheet."""
    found = re.findall(r"(--[\w-]+):\s*([^;]+);", path.read_text())
    return {name: " ".join(value.split()) for name, value in found}


def test_every_icon_that_is_used_is_in_the_sprite(world: World, as_person: Callable[[str], Client]) -> None:
    sprite = (Path(__file__).parents[2] / "integrations/static/interlock/icons.svg").read_text()
    client = as_person("everywhere")
    used: set[str] = set()
    for path in pages_of(world).values():
        used |= {part.partition('"')[0] for part in client.get(path).content.decode().split("icons.svg#")[1:]}
    assert {one for one in used if f'id="{one}"' not in sprite} == set()


def test_every_list_has_an_entry_in_the_sidebar(world: World, as_person: Callable[[str], Client]) -> None:
    html = as_person("everywhere").get("/admin/").content.decode()
    assert all(f'href="/admin/integrations/{name}/"' in html for name in LISTS)


def test_a_refusal_says_which_role_is_needed_on_a_page_of_ours(
    world: World, as_person: Callable[[str], Client]
) -> None:
    answer = as_person("viewer").post(f"/admin/integrations/run/{world.runs['missing'].pk}/retry/")
    page = read(answer.content.decode())
    assert (answer.status_code, page.inline, page.unbalanced) == (403, [], [])
    assert (
        "This needs the role administrator or operator in Production (run.retry)." in answer.content.decode()
    )


def test_a_page_that_is_not_there_is_ours_too(world: World, as_person: Callable[[str], Client]) -> None:
    answer = as_person("viewer").get("/admin/integrations/run/999999/change/")
    page = read(answer.content.decode())
    assert (answer.status_code, page.inline, page.unbalanced) == (404, [], [])
    assert "Nothing here" in answer.content.decode()


@pytest.mark.parametrize(
    ("password", "there"), [("a-good-password", "/admin/integrations/run/"), ("wrong", "")]
)
def test_signing_in_leads_to_where_one_wanted_to_go(world: World, password: str, there: str) -> None:
    form = {"username": "root", "password": password, "next": "/admin/integrations/run/"}
    answer = Client().post("/admin/login/?next=/admin/integrations/run/", form)
    assert answer.headers.get("Location", "") == there
    assert there or 'role="alert"' in answer.content.decode()
