"""Mapping tables: lookup tables that business users edit (stage → status, product → GL account, tax)."""

from django.conf import settings
from django.db import models

__all__ = ["MappingRow", "MappingTable", "RowChange"]


class MappingTable(models.Model):
    """`columns`: [{"key", "title", "type": text|number|decimal|boolean|date, "is_key": bool}], in order."""

    class Class(models.TextChoices):
        CONFIGURATION = "configuration", "Configuration (promoted with the flow)"
        ENVIRONMENT = "environment", "Environment (kept per environment)"
        RUNTIME = "runtime", "Runtime (filled by flows)"

    class Miss(models.TextChoices):
        ERROR = "error", "Hold the run until the row is added"
        DEFAULT = "default", "Use the default row"
        HOLD = "hold", "Hold for review"

    environment = models.ForeignKey(
        "integrations.Environment", on_delete=models.PROTECT, related_name="tables"
    )
    key = models.SlugField(max_length=64)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True, default="")
    klass = models.CharField(
        max_length=16, choices=Class.choices, default=Class.CONFIGURATION, verbose_name="class"
    )
    columns = models.JSONField(default=list)
    miss_policy = models.CharField(max_length=8, choices=Miss.choices, default=Miss.ERROR)
    default = models.JSONField(null=True, blank=True, help_text="Values of the default row, by column.")
    revision = models.PositiveIntegerField(
        default=1, editable=False, help_text="Rises with every change of a row."
    )

    class Meta:
        ordering = ["environment", "name"]
        constraints = [models.UniqueConstraint(fields=["environment", "key"], name="mapping_table_once")]

    def __str__(self) -> str:
        return self.name


class MappingRow(models.Model):
    """`lookup` is the normalised key (see `lookup.py`); rows of one key may follow each other in time."""

    table = models.ForeignKey(MappingTable, on_delete=models.CASCADE, related_name="rows")
    lookup = models.CharField(max_length=300, editable=False)
    values = models.JSONField(default=dict)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="Last day on which it holds.")
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.CharField(max_length=150, blank=True, default="", editable=False)

    class Meta:
        ordering = ["table", "lookup", "valid_from"]
        indexes = [models.Index(fields=["table", "lookup"], name="mapping_row_lookup")]

    def __str__(self) -> str:
        return self.lookup.replace("\x1f", " · ")


class RowChange(models.Model):
    """Who changed which row, when, from what to what."""

    table = models.ForeignKey(MappingTable, on_delete=models.CASCADE, related_name="changes")
    row_id = models.BigIntegerField()
    action = models.CharField(max_length=8)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.row_id}"
