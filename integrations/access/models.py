"""Roles per environment, API keys with the same names as scopes, and the audit trail."""

from django.conf import settings
from django.db import models

__all__ = ["ApiKey", "AuditEntry", "Membership", "Role", "SignInFailure"]


class Role(models.TextChoices):
    """The six roles of DESIGN §8."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    STEWARD = "steward", "Steward"
    BUILDER = "builder", "Builder"
    RELEASER = "releaser", "Releaser"
    ADMINISTRATOR = "administrator", "Administrator"


class Membership(models.Model):
    """A person's role in one environment (or in all: `environment` empty)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    environment = models.ForeignKey(
        "integrations.Environment", null=True, blank=True, on_delete=models.CASCADE
    )
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "environment", "role"], name="membership_once"),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(environment=None),
                name="membership_everywhere_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} in {self.environment or 'all'}"


class ApiKey(models.Model):
    """A machine's key: shown once when made, stored as a hash."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=128)
    environment = models.ForeignKey(
        "integrations.Environment", null=True, blank=True, on_delete=models.CASCADE
    )
    roles = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(models.Model):
    """Who did what to what, refused attempts too."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=80)
    target = models.CharField(max_length=200)
    environment = models.CharField(max_length=32, blank=True, default="")
    allowed = models.BooleanField(default=True)
    note = models.CharField(max_length=500, blank=True, default="")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["environment", "-id"], name="audit_by_environment")]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.target}"


class SignInFailure(models.Model):
    """Failed sign-ins under one name from one address since the last success; what throttling counts."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["username", "address"], name="sign_in_failure_counted")
        ]

    def __str__(self) -> str:
        return f"{self.username} from {self.address}"
