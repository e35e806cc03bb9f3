"""System checks: what must hold before anything is served."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured

from connectors.sdk import registry
from connectors.sdk.wire import Schema
from integrations.catalog import node_types

__all__ = ["refuse_to_serve_unsafely", "schemas_are_valid", "settings_make_sense"]


@register()
def settings_make_sense(**_kwargs: object) -> list[CheckMessage]:
    """A vault key to seal with, an address that far systems can call, a queue that exists."""
    found: list[CheckMessage] = []
    if not settings.VAULT_KEYS:
        found.append(
            CheckWarning(
                "INTERLOCK_VAULT_KEYS is not set.", hint="manage.py demo makes one.", id="interlock.W001"
            )
        )
    public = urlsplit(settings.PUBLIC_URL)
    if public.scheme not in {"http", "https"} or not public.hostname:
        found.append(
            Error(
                f"INTERLOCK_PUBLIC_URL is “{settings.PUBLIC_URL}”, which far systems can't call.",
                hint="Give the address as the outside sees it, such as https://interlock.example.com.",
                id="interlock.E003",
            )
        )
    found += _queue_makes_sense()
    return found


def _queue_makes_sense() -> list[CheckMessage]:
    """A queue and a doorbell that exist, and the servers they need."""
    found: list[CheckMessage] = []
    if settings.QUEUE not in {"embedded", "celery"}:
        found.append(Error("INTERLOCK_QUEUE is neither embedded nor celery.", id="interlock.E001"))
    if settings.QUEUE == "celery" and not settings.CELERY_BROKER_URL:
        found.append(
            Error(
                "INTERLOCK_QUEUE is celery and INTERLOCK_BROKER_URL is not set.",
                hint="Give the broker's address, such as redis://redis:6379/0.",
                id="interlock.E004",
            )
        )
    if settings.DOORBELL not in {"auto", "socket", "postgres", "redis"}:
        found.append(
            Error("INTERLOCK_DOORBELL is none of auto, socket, postgres and redis.", id="interlock.E005")
        )
    if settings.DOORBELL == "redis" and not settings.REDIS_URL:
        found.append(
            Error("INTERLOCK_DOORBELL is redis and INTERLOCK_REDIS_URL is not set.", id="interlock.E006")
        )
    return found


def refuse_to_serve_unsafely() -> None:
    """Called by both doors: without a secret key of its own anybody could forge a session. Raises ImproperlyConfigured."""
    if not settings.SERVES:
        raise ImproperlyConfigured(
            "INTERLOCK_SECRET_KEY is not set. `make start` makes one; elsewhere set it to at least 50 random characters."
        )


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
