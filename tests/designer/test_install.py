"""Installing a bundle: everything or nothing, nothing twice, and nothing runs before it is let."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

from designer.bundles.bundle import Bundle, BundleRefused
from designer.bundles.export import export_flow
from designer.bundles.gallery import template
from designer.bundles.install import install_bundle
from designer.bundles.read import read_file
from designer.bundles.write import bundle_bytes
from designer.models import Draft, Flow, FlowVersion
from integrations.ingress.models import Endpoint
from integrations.ingress.verify import endpoint_secret
from integrations.mapping.models import MappingRow, MappingTable
from integrations.releases.models import Binding, Environment, Release, Variable
from tests.api.world import ANSWERS, FLOW, SETUP, World, make_connections


@pytest.fixture
def dev(db: None) -> Environment:
    environment = Environment.objects.create(key="dev", name="Development")
    make_connections(environment)
    return environment


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return template(FLOW)


def codes(refusal: pytest.ExceptionInfo[BundleRefused]) -> set[tuple[str, str]]:
    return {(issue.pointer, issue.code) for issue in refusal.value.issues}


def test_everything_is_made_and_nothing_listens_yet(dev: Environment, bundle: Bundle) -> None:
    installed = install_bundle(bundle, dev, ANSWERS, SETUP)
    (flow,) = installed.flows
    assert (flow.key, flow.template, flow.versions.get().number) == (FLOW, FLOW, 1)
    assert (installed.release.number, installed.release.active, installed.release.version) == (1, False, 1)
    assert installed.release.digest == flow.versions.get().digest
    assert Draft.objects.get(flow=flow).document["layout"] == bundle.layouts[FLOW]
    assert set(MappingTable.objects.values_list("key", flat=True)) == {
        "deal_stages",
        "product_gl",
        "tax_codes",
    }
    assert MappingRow.objects.count() == sum(len(table.rows) for table in bundle.tables.values())
    assert dict(Variable.objects.values_list("key", "value")) == {
        "company_time_zone": "Europe/London",
        "invoice_status": "draft",
    }
    assert dict(Binding.objects.values_list("slot", "connection__key")) == {
        "crm": "streak-team",
        "ledger": "sage-books",
    }
    endpoint = Endpoint.objects.get()
    assert (endpoint.active, endpoint.trigger, endpoint.config) == (
        False,
        "streak.box_stage_changed",
        {"pipeline": "Sales"},
    )
    assert len(endpoint.path) >= 32
    assert len(endpoint_secret(endpoint)) >= 32


def test_answers_go_where_their_questions_say(dev: Environment, bundle: Bundle) -> None:
    more = {"pipeline": "Deals 2026", "invoice_status": "open", "company_time_zone": "America/New_York"}
    release = install_bundle(bundle, dev, ANSWERS | more, SETUP).release
    assert release.graph["nodes"]["won"]["config"]["settings"]["pipeline"] == "Deals 2026"
    assert Variable.objects.get(key="invoice_status").value == "open"
    assert Endpoint.objects.get().config == {"pipeline": "Deals 2026"}


def test_repeating_it_makes_nothing_twice_and_keeps_what_people_changed(
    dev: Environment, bundle: Bundle
) -> None:
    first = install_bundle(bundle, dev, ANSWERS, SETUP)
    MappingRow.objects.filter(values__category="Freight").delete()
    Variable.objects.filter(key="invoice_status").update(value="open")
    again = install_bundle(bundle, dev, {}, SETUP)
    assert again == first
    assert (Release.objects.count(), FlowVersion.objects.count(), Endpoint.objects.count()) == (1, 1, 1)
    assert not MappingRow.objects.filter(values__category="Freight").exists()
    assert Variable.objects.get(key="invoice_status").value == "open"


def test_another_answer_makes_the_next_version_and_release(dev: Environment, bundle: Bundle) -> None:
    install_bundle(bundle, dev, ANSWERS, SETUP)
    second = install_bundle(bundle, dev, {"pipeline": "Other"}, SETUP).release
    assert (second.number, second.version, FlowVersion.objects.count()) == (2, 2, 2)


def test_every_wrong_answer_is_said_at_once_and_nothing_is_made(dev: Environment, bundle: Bundle) -> None:
    wrong = {
        "crm": "sage-books",
        "ledger": "nobody",
        "invoice_status": "maybe",
        "company_time_zone": "Mars/Base",
        "colour": "red",
    }
    with pytest.raises(BundleRefused) as refusal:
        install_bundle(bundle, dev, wrong, SETUP)
    assert codes(refusal) == {
        ("/crm", "other_connector"),
        ("/ledger", "no_connection"),
        ("/invoice_status", "not_a_choice"),
        ("/company_time_zone", "not_a_zone"),
        ("/colour", "unknown_question"),
    }
    assert not Flow.objects.exists()
    assert not MappingTable.objects.exists()


def test_what_must_be_answered_is_asked(dev: Environment, bundle: Bundle) -> None:
    with pytest.raises(BundleRefused) as refusal:
        install_bundle(bundle, dev, {}, SETUP)
    assert codes(refusal) == {("/crm", "unanswered"), ("/ledger", "unanswered")}


def test_a_table_of_another_shape_stands_in_the_way(dev: Environment, bundle: Bundle) -> None:
    MappingTable.objects.create(
        environment=dev,
        key="tax_codes",
        name="Tax",
        columns=[{"key": "tax", "title": "Tax", "type": "number", "is_key": True}],
    )
    with pytest.raises(BundleRefused) as refusal:
        install_bundle(bundle, dev, ANSWERS, SETUP)
    assert {code for _, code in codes(refusal)} == {"column_missing", "column_differs"}
    assert not Flow.objects.exists()


def test_what_the_target_lacks_is_said_at_once_and_nothing_is_made(dev: Environment, bundle: Bundle) -> None:
    poor = replace(
        bundle,
        tables={},
        questions=tuple(one for one in bundle.questions if one["key"] in {"pipeline", "lines_field"}),
        requires=replace(
            bundle.requires,
            connectors=({"key": "streak", "versions": ">=9"}, {"key": "fax", "versions": ">=1"}),
        ),
    )
    with pytest.raises(BundleRefused) as refusal:
        install_bundle(poor, dev, {}, SETUP)
    assert {code for _, code in codes(refusal)} == {
        "connector_version",
        "connector_missing",
        "slot_unbound",
        "table_missing",
        "variable_missing",
    }
    assert len(refusal.value.issues) == 9
    assert not FlowVersion.objects.exists()


def test_export_import_export_is_identical(world: World) -> None:
    flow = Flow.objects.get(key=FLOW)
    first = bundle_bytes(export_flow(flow, world.dev))
    make_connections(world.prod)
    answers = {
        "crm": "streak-team",
        "ledger": "sage-books",
        "invoice_status": "open",
        "company_time_zone": "America/New_York",
    }
    install_bundle(read_file(first), world.prod, answers, SETUP)
    assert bundle_bytes(export_flow(flow, world.prod)) == first
    assert b"America/New_York" not in first
    assert b"streak-team" not in first


def test_a_flow_without_versions_is_not_exported(world: World) -> None:
    with pytest.raises(FlowVersion.DoesNotExist):
        export_flow(Flow.objects.create(key="new", name="New"), world.dev)


def test_the_command_installs_and_lets_it_run(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    make_connections(world.prod)
    call_command(
        "installtemplate",
        FLOW,
        environment="prod",
        by="admin",
        answer=["crm=streak-team", "ledger=sage-books"],
    )
    assert Release.objects.get(environment=world.prod).active
    assert "is installed" in capsys.readouterr().out


def test_the_gallery_folder_is_the_bundle(tmp_path: Path, bundle: Bundle) -> None:
    (tmp_path / "one.json").write_bytes(bundle_bytes(bundle))
    assert read_file((tmp_path / "one.json").read_bytes()).questions == bundle.questions
