"""Flows as they are drawn: one draft each, and immutable versions."""

from django.db import models

__all__ = ["Draft", "Flow", "FlowVersion"]


class Flow(models.Model):
    """What a user draws. `template` names the gallery bundle it was installed from, if any."""

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True, default="")
    template = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """The one draft of a flow; `revision` is its ETag."""

    flow = models.OneToOneField(Flow, on_delete=models.CASCADE, related_name="draft")
    document = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.CharField(max_length=150, blank=True, default="")

    def __str__(self) -> str:
        return f"Draft of {self.flow}"


class FlowVersion(models.Model):
    """Made on purpose, immutable. `graph` holds no layout; `digest` is the semantic digest."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    graph = models.JSONField()
    layout = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["flow", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.flow} v{self.number}"
