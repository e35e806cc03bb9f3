"""Re-seals everything under the first vault key, so that older keys can be taken out of the settings."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from integrations.ingress.models import Endpoint
from integrations.payloads.models import DataKey
from integrations.vault.models import Connection
from integrations.vault.seal import (
    SealBroken,
    connection_aad,
    data_key_aad,
    endpoint_aad,
    key_id,
    primary_key_id,
    seal,
    unseal,
)

__all__ = ["Command"]

Row = TypeVar("Row", bound=models.Model)


class Command(BaseCommand):
    help = "Re-seal connections, endpoints and data keys under the first key of INTERLOCK_VAULT_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One row per transaction: a refresh that runs meanwhile loses nothing. Raises CommandError on a broken seal."""
        try:
            counts = {
                "connections": _each(Connection, "sealed", lambda row: connection_aad(row.pk)),
                "endpoints": _each(Endpoint, "sealed_secret", lambda row: endpoint_aad(row.pk)),
                "data keys": _each(DataKey, "sealed", lambda row: data_key_aad(row.subject)),
            }
        except SealBroken as error:
            raise CommandError(f"Stopped, nothing is lost: {error}") from error
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"Sealed again under key {primary_key_id()}: {told}.")


def _each(model: type[Row], field: str, aad: Callable[[Row], str]) -> int:
    """Re-seal one column; returns how many rows were under another key."""
    count = 0
    for pk in model._default_manager.values_list("pk", flat=True):  # noqa: SLF001 - Django's documented name
        with transaction.atomic():
            row = model._default_manager.select_for_update().get(pk=pk)  # noqa: SLF001
            blob = bytes(getattr(row, field))
            if not blob or key_id(blob) == primary_key_id():
                continue
            try:
                secrets = unseal(blob, aad(row))
            except SealBroken as error:
                raise SealBroken(f"{model._meta.verbose_name} {pk}: {error}") from error  # noqa: SLF001
            values = {name: secrets.reveal(name) for name in secrets.names()}
            model._default_manager.filter(pk=pk).update(**{field: seal(values, aad(row))})  # noqa: SLF001
            count += 1
    return count
