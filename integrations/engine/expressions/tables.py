"""Mapping tables in expressions."""

from connectors.sdk.errors import Data, TableMiss
from connectors.sdk.wire import Json
from integrations.engine.expressions.function import Function, Parameter, wrong_argument
from integrations.engine.node import Context

__all__ = ["DECLARED"]


def _lookup_table(context: Context | None, table: Json, key: Json, column: Json, *default: Json) -> Json:
    if context is None:
        raise Data("Mapping tables can't be read here.", code="no_context")
    if not isinstance(table, str) or not isinstance(column, str):
        raise wrong_argument("lookupTable", "the names of a table and a column", table)
    keys = key if isinstance(key, list) else [key]
    if not _usable(keys):
        raise Data(
            f"The key to look up in the table {table} is missing.",
            code="missing_key",
            info={"table": table, "key": keys, "column": column},
        )
    if not default:
        return context.lookup(table, keys, column)
    try:
        return context.lookup(table, keys, column)
    except TableMiss:
        return default[0]


def _usable(keys: list[Json]) -> bool:
    """Every part of the key is there and plain. One text, as nearly all are, is seen at a glance."""
    if len(keys) == 1 and type(keys[0]) is str:
        return True
    return bool(keys) and not any(part is None or isinstance(part, list | dict) for part in keys)


DECLARED = (
    Function(
        name="lookupTable",
        parameters=(
            Parameter("table", "text"),
            Parameter("key", "any"),
            Parameter("column", "text"),
            Parameter("default", "any", optional=True),
        ),
        returns="any",
        help="The value in a mapping table's row. Several key columns go in a list. Without a default, a missing row"
        " parks the run until somebody adds it.",
        example=('$lookupTable("deal_stages", "Closed-Won", "status")', "won"),
        run=_lookup_table,
        contextual=True,
    ),
)
