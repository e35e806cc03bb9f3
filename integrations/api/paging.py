"""Keyset paging: `?cursor=&limit=`, a list and the cursor of the next page. Stays quick at any depth."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.api.problems import ApiProblem
from integrations.keyset import merged

__all__ = ["Branching", "Keyset"]

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200


@runtime_checkable
class Branching(Protocol):
    """A list that is read by several queries, each served by an index."""

    def branches(self, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        """The rows, as queries that together give all of them."""


class Keyset(BasePagination):
    """Pages by the values of `view.keyset`, field names that together are unique, all in one direction: ("-id",)."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """One page of a query. Raises `ApiProblem` for a cursor or limit that makes no sense."""
        order: tuple[str, ...] = getattr(view, "keyset", ("-id",))
        limit = _limit(request.query_params.get("limit"))
        branches: list[QuerySet[Any]] = view.branches(queryset) if isinstance(view, Branching) else [queryset]
        cursor = request.query_params.get("cursor")
        if cursor:
            values = _decode(cursor, len(order))
            branches = [_behind(rows, order, values) for rows in branches]
        found = merged(branches, order, limit + 1)
        self.next = _encode(found[limit - 1], order) if len(found) > limit else None
        return found[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "nullable": True, "description": "The cursor of the next page."},
            },
        }

    def get_schema_operation_parameters(self, _view: APIView) -> list[dict[str, Any]]:
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": LARGEST_LIMIT,
                    "default": DEFAULT_LIMIT,
                },
            },
        ]


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not text.isdecimal() or int(text) < 1:
        raise ApiProblem(400, "invalid", "limit must be a whole number from 1.")
    return min(int(text), LARGEST_LIMIT)


def _encode(row: Model, order: tuple[str, ...]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    plain = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[Any]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise _unknown_cursor() from error
    if not isinstance(plain, list) or len(plain) != length:
        raise _unknown_cursor()
    return [_value(item) for item in plain]


def _value(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    at = parse_datetime(str(item.get("at")))
    if at is None or at.tzinfo is None:
        raise _unknown_cursor()
    return at


def _unknown_cursor() -> ApiProblem:
    return ApiProblem(400, "invalid_cursor", "This cursor is not one of ours. Start again without it.")


def _behind(rows: QuerySet[Any], order: tuple[str, ...], values: list[Any]) -> QuerySet[Any]:
    try:
        return rows.filter(_after(order, values))
    except (TypeError, ValueError) as error:
        raise _unknown_cursor() from error


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows behind `values` in `order`: (a < x) or (a = x and b < y) …"""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        comparison = "lt" if name.startswith("-") else "gt"
        field = name.lstrip("-")
        condition |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    return condition
