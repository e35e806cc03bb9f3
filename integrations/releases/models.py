"""Environments and what runs in them: immutable releases, slot bindings, variables."""

from django.db import models
from django.db.models import Q

__all__ = ["Binding", "Environment", "Release", "Variable"]


class Environment(models.Model):
    """dev, qa, prod (or any names, in a promotion order): owns connections, bindings, variables, tables, releases."""

    key = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=0)
    live = models.BooleanField(default=False, help_text="Real books: writes here are real business.")
    retention = models.JSONField(
        default=dict,
        blank=True,
        help_text="Days that data is kept after a run has ended, where it isn't the installation's: {steps_days: 90}.",
    )

    class Meta:
        ordering = ["order", "key"]

    def __str__(self) -> str:
        return self.name


class Release(models.Model):
    """A version compiled in its environment: what runs. Immutable but for `active`; at most one active per flow."""

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="releases")
    flow_key = models.SlugField(max_length=80)
    flow_name = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1, help_text="The flow version this was compiled from.")
    digest = models.CharField(max_length=64)
    plan = models.JSONField()
    graph = models.JSONField()
    layout = models.JSONField(default=dict)
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["environment", "flow_key", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["environment", "flow_key"],
                condition=Q(active=True),
                name="one_active_release_per_flow",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow_name} r{self.number} in {self.environment.key}"


class Binding(models.Model):
    """Which of its connections an environment puts in a slot. Kept across promotions, never part of a bundle."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="bindings")
    slot = models.SlugField(max_length=64)
    connection = models.ForeignKey(
        "integrations.Connection", on_delete=models.PROTECT, related_name="bindings"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "slot"], name="slot_bound_once")]

    def __str__(self) -> str:
        return f"{self.slot} → {self.connection} in {self.environment.key}"


class Variable(models.Model):
    """A named value of an environment, `$vars.<key>` in expressions."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="variables")
    key = models.SlugField(max_length=64)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "key"], name="variable_once")]

    def __str__(self) -> str:
        return f"{self.key} in {self.environment.key}"
