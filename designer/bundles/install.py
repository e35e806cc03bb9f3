"""Installing a bundle in an environment: flow, version, tables, bindings, variables and a compiled release. Nothing runs yet.

1. the answers are checked; 2. in one transaction everything is made; 3. `releases.activate` is a step of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from connectors.sdk.wire import Json
from designer.bundles.answers import Settled, settle
from designer.bundles.bundle import Bundle, BundleRefused, Issue
from designer.bundles.tables import install_tables
from designer.models import Draft, Flow, FlowVersion
from designer.versions import Unchanged, make_version
from integrations.access.actor import Someone, actor_of
from integrations.engine.graph import digest
from integrations.releases.bindings import bind
from integrations.releases.install import InstallRefused, Source, compile_in, install
from integrations.releases.models import Environment, Release, Variable

__all__ = ["Installed", "install_bundle"]


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of it: the flows, and their releases in the same order, none of them active because of this."""

    flows: tuple[Flow, ...]
    releases: tuple[Release, ...]

    @property
    def release(self) -> Release:
        """The release of a bundle with one flow."""
        (only,) = self.releases
        return only


def install_bundle(
    bundle: Bundle, environment: Environment, answers: Mapping[str, str], actor: Someone
) -> Installed:
    """Install every flow of the bundle. Repeating it with the same answers makes nothing twice.

    `answers`: question key → connection key, choice or text. Raises `BundleRefused` with every issue; then nothing was
    changed.
    """
    settled = settle(bundle, environment, answers)
    with transaction.atomic():
        _settle_environment(environment, settled, actor)
        install_tables(environment, bundle.tables)
        by = actor_of(actor).name
        made = [_version(bundle, key, graph, by) for key, graph in settled.flows.items()]
        releases, issues = [], []
        for flow, version in made:
            try:
                releases.append(_release(environment, _source(bundle, flow, version, settled), actor))
            except InstallRefused as refusal:
                issues += [
                    Issue(f"flows/{flow.key}.json", one.pointer, one.code, one.message)
                    for one in refusal.problems
                ]
        if issues:
            raise BundleRefused(issues)
    return Installed(tuple(flow for flow, _ in made), tuple(releases))


def _settle_environment(environment: Environment, settled: Settled, actor: Someone) -> None:
    for slot, connection in settled.slots.items():
        bind(environment, slot, connection, actor)
    for key, value in settled.variables.items():
        Variable.objects.update_or_create(environment=environment, key=key, defaults={"value": value})


def _version(bundle: Bundle, key: str, graph: Mapping[str, Json], by: str) -> tuple[Flow, FlowVersion]:
    """The flow and the version that says just this: a known one when there is, else the next."""
    document, layout = dict(graph), dict(bundle.layouts.get(key, {}))
    flow, _ = Flow.objects.get_or_create(
        key=key,
        defaults={
            "name": document.get("name", bundle.title)[:120],
            "description": document.get("description", bundle.description)[:300],
            "template": bundle.key,
        },
    )
    Draft.objects.get_or_create(
        flow=flow, defaults={"document": {**document, "layout": layout}, "updated_by": by}
    )
    known = flow.versions.filter(digest=digest(document)).order_by("-number").first()
    if known is not None and known.layout == layout:
        return flow, known
    try:
        return flow, make_version(flow, document, layout, note=f"Installed from {bundle.title}", by=by)
    except Unchanged:
        return flow, flow.versions.order_by("-number")[0]


def _source(bundle: Bundle, flow: Flow, version: FlowVersion, settled: Settled) -> Source:
    """The version with what comes in the bundle beside it: the flows it may call, and the connectors it was made with."""
    connectors = {one["key"]: one["versions"] for one in bundle.requires.connectors}
    return Source(flow.name, version.number, version.graph, version.layout, connectors, settled.flows)


def _release(environment: Environment, source: Source, actor: Someone) -> Release:
    """The release of this version here: a known one that was compiled to the same when there is, else the next."""
    known = Release.objects.filter(
        environment=environment, flow_key=source.graph["key"], version=source.version
    )
    newest = known.order_by("-number").first()
    plan = compile_in(environment, source).plan if newest is not None else None
    if newest is not None and plan is not None and newest.digest == plan.digest:
        return newest
    return install(environment, source, actor)
