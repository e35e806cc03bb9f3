"""Connections: one account on a far system, in one environment, with sealed secrets."""

from collections.abc import Iterable
from typing import Any

from django.db import models

__all__ = ["Connection"]

VAULT_FIELDS = frozenset(
    {
        "sealed",
        "secrets_set",
        "status",
        "status_note",
        "tested_at",
        "far_account_id",
        "far_account_name",
        "token_expires_at",
        "token_version",
        "refresh_owner",
        "refresh_until",
    }
)
"""What the vault keeps about a connection: a form that saves an older copy of the row must not undo a refresh."""


class Connection(models.Model):
    """`sealed` holds the secrets (AES-GCM, connection id as associated data); they leave only inside a connector call.

    `save()` of an existing row leaves VAULT_FIELDS alone unless `update_fields` names them.
    """

    class Mark(models.TextChoices):
        LIVE = "live", "Live"
        TEST = "test", "Test"
        SANDBOX = "sandbox", "Sandbox"

    class Status(models.TextChoices):
        UNTESTED = "untested", "Not tested yet"
        OK = "ok", "Working"
        RECONNECT = "reconnect", "Needs reconnecting"

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.PROTECT, related_name="connections"
    )
    key = models.SlugField(max_length=64)
    name = models.CharField(max_length=120)
    connector = models.CharField(max_length=64)
    auth = models.CharField(max_length=32)
    base_url = models.URLField(max_length=300, help_text="Secrets are only ever sent to this host.")
    settings = models.JSONField(default=dict, blank=True)
    mark = models.CharField(max_length=8, choices=Mark.choices, default=Mark.TEST)
    on_premise = models.BooleanField(default=False, help_text="May reach private network addresses.")
    own_limits = models.JSONField(
        null=True,
        blank=True,
        help_text="Instead of the connector's: [{calls, per, concurrent}]; none = the connector's.",
    )
    sealed = models.BinaryField(default=bytes, editable=False)
    secrets_set = models.JSONField(default=dict, editable=False, help_text="Secret name → when it was set.")
    far_account_id = models.CharField(max_length=200, blank=True, editable=False)
    far_account_name = models.CharField(max_length=200, blank=True, editable=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.UNTESTED, editable=False)
    status_note = models.CharField(max_length=500, blank=True, editable=False)
    tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    token_version = models.PositiveIntegerField(default=0, editable=False)
    refresh_owner = models.CharField(max_length=64, blank=True, editable=False)
    refresh_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["environment", "key"]
        constraints = [models.UniqueConstraint(fields=["environment", "key"], name="connection_key_once")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None and not self._state.adding:
            names = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            update_fields = names - VAULT_FIELDS
        super().save(*args, update_fields=update_fields, **kwargs)
