"""Lists of tables that grow with every run: each list says what finds its rows, and every query is served by an index."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from integrations.api.seen import SeenList, seen_environment_ids
from integrations.keyset import aside, each
from integrations.releases.models import Environment

__all__ = ["LargeList"]


class LargeList(SeenList):
    """`rows()` gives all rows; subclasses override `found()` to say by what they are found, and what is checked besides.

    The environments that the caller may see (or asked for) are always checked, or part of what finds the rows.
    """

    flow_field = "flow_key"

    def get_queryset(self) -> QuerySet[Any]:
        return self.rows()

    def found(self, rows: QuerySet[Any]) -> list[QuerySet[Any]] | None:
        """The rows found by an index of their own; None = by flow and environment."""
        del rows
        return None

    def checked(self) -> dict[str, Any]:
        """What else the rows must have, by column: never chosen to find them."""
        return {}

    def branches(self, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        """See `Branching`: the pager asks for this."""
        where, conditions = self.places(), self.checked()
        found = self.found(rows)
        if found is not None:
            flow = self.request.query_params.get("flow")
            conditions |= {self.flow_field: flow} if flow else {}
            conditions |= {"environment": list(where)} if where is not None else {}
        else:
            found = self._by_place(rows, where)
        return [aside(one, **conditions) for one in found]

    def _by_place(self, rows: QuerySet[Any], where: Collection[int] | None) -> list[QuerySet[Any]]:
        flow = self.request.query_params.get("flow")
        if flow:
            return self.in_places(rows.filter(**{self.flow_field: flow}))
        return [rows] if where is None else each(rows, environment=where)

    def in_places(self, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        """The rows environment by environment, for indexes in which it comes second."""
        where = self.places()
        every = where if where is not None else list(Environment.objects.values_list("pk", flat=True))
        return each(rows, environment=every)

    def places(self) -> list[int] | None:
        """The ids of the environments that are listed; None = all."""
        asked: Environment | None = getattr(self, "environment", None)
        seen = seen_environment_ids(self.request, getattr(self, "actions", {})["GET"])
        if asked is None:
            return seen
        return [asked.pk] if seen is None or asked.pk in seen else []
