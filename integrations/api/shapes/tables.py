"""Mapping tables and their rows on the wire."""

from typing import Any

from rest_framework import serializers

from integrations.mapping.models import MappingRow, MappingTable

__all__ = ["ImportShape", "RowInput", "RowShape", "TableShape"]


class Column(serializers.Serializer[Any]):
    """One typed column; the key columns together name a row."""

    key = serializers.CharField()
    title = serializers.CharField()
    type = serializers.ChoiceField(choices=["text", "number", "decimal", "boolean", "date"])
    is_key = serializers.BooleanField()


class TableShape(serializers.ModelSerializer[MappingTable]):
    """A table without its rows. Needs `row_count` annotated; context `used_by` maps (environment id, key) to flow keys."""

    environment = serializers.CharField(source="environment.key")
    columns = Column(many=True)
    rows = serializers.IntegerField(source="row_count", read_only=True)
    used_by = serializers.SerializerMethodField(help_text="Flows whose active release reads it.")

    class Meta:
        model = MappingTable
        fields = [
            "id",
            "key",
            "name",
            "description",
            "environment",
            "columns",
            "miss_policy",
            "revision",
            "rows",
            "used_by",
        ]

    def get_fields(self) -> dict[str, Any]:
        """`class` is a word of Python, so it can't be an attribute."""
        fields = super().get_fields()
        fields["class"] = serializers.CharField(source="klass")
        return fields

    def get_used_by(self, table: MappingTable) -> list[str]:
        used: dict[tuple[int, str], list[str]] = self.context.get("used_by", {})
        return sorted(used.get((table.environment_id, table.key), []))


class RowShape(serializers.ModelSerializer[MappingRow]):
    """One row: values by column key, and the days on which it holds (both inclusive)."""

    class Meta:
        model = MappingRow
        fields = ["id", "values", "valid_from", "valid_to", "updated_at", "updated_by"]


class RowInput(serializers.Serializer[Any]):
    """A row to write."""

    values = serializers.DictField()
    valid_from = serializers.DateField(allow_null=True, required=False, default=None)
    valid_to = serializers.DateField(allow_null=True, required=False, default=None)


class ImportShape(serializers.Serializer[Any]):
    """What an import would do, or did."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.ListField(child=serializers.DictField())
    applied = serializers.BooleanField()
