"""System checks: what must hold before anything is served."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning

from connectors.sdk import registry
from connectors.sdk.wire import Schema
from integrations.catalog import node_types

__all__ = ["schemas_are_valid", "vault_key_is_set"]


@register()
def vault_key_is_set(**_kwargs: object) -> list[CheckMessage]:
    """Without a vault key nothing can be sealed; without a secret key sessions can be forged."""
    found: list[CheckMessage] = []
    if not settings.VAULT_KEYS:
        found.append(
            CheckWarning(
                "INTERLOCK_VAULT_KEYS is not set.", hint="manage.py demo makes one.", id="interlock.W001"
            )
        )
    if settings.QUEUE not in {"embedded", "celery"}:
        found.append(Error("INTERLOCK_QUEUE is neither embedded nor celery.", id="interlock.E001"))
    return found


@register(deploy=True)
def schemas_are_valid(**_kwargs: object) -> list[CheckMessage]:
    """Every schema of every installed connector and node type, judged by the reference implementation (`check --deploy`)."""
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - slow to import, and nothing else needs it

    found: list[CheckMessage] = []
    for where, schema in _schemas():
        try:
            Draft202012Validator.check_schema(dict(schema))
        except SchemaError as problem:
            found.append(Error(f"The schema of {where} is not one: {problem.message}", id="interlock.E002"))
    return found


def _schemas() -> Iterator[tuple[str, Schema]]:
    """(where, schema) of all that a flow can be built from."""
    for connector in registry.connectors().values():
        for name, operation in connector.operations.items():
            yield f"{connector.id}.{name}'s input", operation.input
            yield f"{connector.id}.{name}'s output", operation.output
        for name, trigger in connector.triggers.items():
            yield f"{connector.id}.{name}'s settings", trigger.config
            yield f"{connector.id}.{name}'s output", trigger.output
    for node in node_types().values():
        yield f"the node {node.id}", node.schema
