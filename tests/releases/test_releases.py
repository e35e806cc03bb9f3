"""Releases: compiled where they run, switched in one step, with addresses that stay."""

import copy
from typing import Any

import pytest
from django.db import IntegrityError

from connectors.sdk.errors import Config
from integrations.access.models import AuditEntry
from integrations.catalog import CATALOG
from integrations.engine.compiler import compile_flow
from integrations.ingress.models import Endpoint
from integrations.releases.activate import SwitchedMeanwhile, activate, deactivate
from integrations.releases.bindings import bind
from integrations.releases.install import InstallRefused, Source, compile_in, install
from integrations.releases.models import Release
from integrations.releases.plans import plan_of
from integrations.releases.versions import satisfies, valid_range
from integrations.vault.models import Connection
from tests.api.world import FLOW, SETUP, World, make_connections


def source(world: World, **changes: Any) -> Source:
    graph = copy.deepcopy(world.release.graph)
    for node, config in changes.items():
        graph["nodes"][node]["config"].update(config)
    return Source("Closed-Won to invoice", 2, graph)


def test_a_plan_is_read_once_and_says_what_was_compiled(world: World, django_assert_num_queries: Any) -> None:
    plan_of.cache_clear()
    with django_assert_num_queries(1):
        first, second = plan_of(world.release.pk), plan_of(world.release.pk)
    assert first is second
    assert first == compile_flow(world.release.graph, CATALOG).plan


def test_activating_ends_the_former_release_and_keeps_the_address(world: World) -> None:
    before = Endpoint.objects.get(flow_key=FLOW)
    second = install(world.dev, source(world, won={"settings": {"pipeline": "Other"}}), SETUP)
    before.refresh_from_db()
    assert (second.number, second.active, before.config) == (2, False, {"pipeline": "Sales"})
    activate(second, SETUP, instead_of=world.release.pk)
    after = Endpoint.objects.get(flow_key=FLOW)
    assert (after.pk, after.path, after.config, after.active) == (
        before.pk,
        before.path,
        {"pipeline": "Other"},
        True,
    )
    assert list(Release.objects.filter(active=True).values_list("number", flat=True)) == [2]
    assert AuditEntry.objects.filter(action="release.deploy", note="Activated instead of r1").count() == 1


def test_a_switch_that_somebody_else_was_faster_with_changes_nothing(world: World) -> None:
    second = install(world.dev, source(world), SETUP)
    with pytest.raises(SwitchedMeanwhile):
        activate(second, SETUP, instead_of=second.pk)
    assert Release.objects.get(active=True).pk == world.release.pk


def test_the_database_itself_allows_one_active_release_only(world: World) -> None:
    second = install(world.dev, source(world), SETUP)
    with pytest.raises(IntegrityError):
        Release.objects.filter(pk=second.pk).update(active=True)


def test_deactivating_closes_the_door_and_keeps_its_address(world: World) -> None:
    path = Endpoint.objects.get(flow_key=FLOW).path
    deactivate(world.release, SETUP)
    assert (Endpoint.objects.get(path=path).active, Release.objects.filter(active=True).exists()) == (
        False,
        False,
    )
    activate(world.release, SETUP)
    assert Endpoint.objects.get(path=path).active


def test_everything_the_environment_lacks_is_said_at_once(world: World) -> None:
    with pytest.raises(InstallRefused) as refusal:
        install(world.prod, source(world), SETUP)
    found = {(problem.code, *problem.params.values()) for problem in refusal.value.problems}
    assert found == {
        ("slot_unbound", "crm", "streak"),
        ("slot_unbound", "ledger", "sage50"),
        *(("table_missing", key) for key in ("deal_stages", "product_gl", "tax_codes")),
        *(("variable_missing", key) for key in ("company_time_zone", "invoice_status")),
    }
    assert not Release.objects.filter(environment=world.prod).exists()


def test_what_the_compiler_finds_comes_with_it(world: World) -> None:
    broken = source(world, deal={"operation": "streak.nothing"})
    found = compile_in(world.dev, broken)
    assert found.plan is None
    assert ("operation_unknown", "deal") in {(problem.code, problem.node) for problem in found.errors}


def test_a_slot_holds_a_connection_of_its_own_environment_and_of_the_kind_flows_need(world: World) -> None:
    make_connections(world.prod)
    foreign = Connection.objects.get(environment=world.prod, key="streak-team")
    sage = Connection.objects.get(environment=world.dev, key="sage-books")
    for wrong, code in ((foreign, "other_environment"), (sage, "other_connector")):
        with pytest.raises(Config) as refusal:
            bind(world.dev, "crm", wrong, SETUP)
        assert refusal.value.code == code
    assert bind(world.dev, "archive", sage, SETUP).connection == sage


@pytest.mark.parametrize(
    ("version", "versions", "fits"),
    [
        ("1.4.0", ">=1.2,<2", True),
        ("2.0.0", ">=1.2,<2", False),
        ("1.1.9", ">=1.2,<2", False),
        ("1.10.0", ">=1.9", True),
        ("1.0.0", "", True),
        ("1.0.0", "==1", True),
    ],
)
def test_version_ranges(version: str, versions: str, fits: bool) -> None:  # noqa: FBT001 - a case
    assert satisfies(version, versions) is fits


@pytest.mark.parametrize("versions", ["^1", "1.0", ">=x", ">=1.2.3.4", ">= 1 <2"])
def test_what_is_no_range(versions: str) -> None:
    assert not valid_range(versions)
