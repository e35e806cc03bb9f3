"""Which other active flows mean the same effects: they share what they make, and the person publishing should know."""

from collections.abc import Iterator
from typing import NamedTuple

from connectors.sdk.operation import Write
from integrations.catalog import CATALOG
from integrations.engine.plan import Plan, Step
from integrations.releases.models import Binding, Release
from integrations.releases.plans import plan_of

__all__ = ["shared_effects"]


class Claim(NamedTuple):
    """What a creating step claims: the account, the kind of record, and what it is made once per."""

    account: str
    record: str
    identity: tuple[str, ...]


def shared_effects(release: Release) -> list[str]:
    """One sentence for every step of `release` that shares its records with another active flow here. Not an error."""
    accounts = _accounts(release.environment_id)
    others = Release.objects.filter(environment_id=release.environment_id, active=True).exclude(
        flow_key=release.flow_key
    )
    taken = {claim: other.flow_name for other in others for _, claim in _claims(plan_of(other.pk), accounts)}
    return [
        f"“{step.name}” shares what it makes with the flow “{taken[claim]}”: one {claim.record.replace('_', ' ')} "
        f"per record for both of them."
        for step, claim in _claims(plan_of(release.pk), accounts)
        if claim in taken
    ]


def _accounts(environment_id: int) -> dict[str, str]:
    """slot → the far account that is bound to it."""
    bindings = Binding.objects.filter(environment_id=environment_id).select_related("connection")
    return {one.slot: f"{one.connection.connector}:{one.connection.far_account_id}" for one in bindings}


def _claims(plan: Plan, accounts: dict[str, str]) -> Iterator[tuple[Step, Claim]]:
    for step in _steps(plan):
        operation = CATALOG.operation(str(step.params.get("operation", "")))
        if isinstance(operation, Write) and operation.effect == "create":
            identity = (
                ("(by its own keys)",) if operation.identities else tuple(step.params.get("identity", ()))
            )
            yield step, Claim(accounts.get(step.slot, step.slot), operation.record, identity)


def _steps(plan: Plan) -> Iterator[Step]:
    for step in plan.steps:
        yield step
        if step.body is not None:
            yield from _steps(step.body)
