"""What a bundle's files must mean together: keys that agree, tables and slots that are declared, rows that fit."""

from collections.abc import Iterator, Mapping
from typing import Any

from designer.bundles.bundle import Bundle, Issue
from designer.bundles.places import find
from integrations.mapping.values import checked_dates, checked_values
from integrations.releases.versions import valid_range

__all__ = ["meaning_issues"]


def meaning_issues(bundle: Bundle) -> list[Issue]:
    """Every contradiction in a bundle whose files are each well-formed."""
    return [*_flows(bundle), *_tables(bundle), *_requires(bundle), *_questions(bundle)]


def _flows(bundle: Bundle) -> Iterator[Issue]:
    if not bundle.flows:
        yield Issue("manifest.json", "", "empty", "The bundle holds no flow.")
    for key, graph in bundle.flows.items():
        if graph["key"] != key:
            yield Issue(
                f"flows/{key}.json",
                "/key",
                "other_key",
                f"The flow is called {graph['key']}, its file {key}.",
            )
        if "layout" in graph:
            yield Issue(f"flows/{key}.json", "/layout", "layout", "The layout has a file of its own.")
    for key in set(bundle.layouts) - set(bundle.flows):
        yield Issue(f"flows/{key}.layout.json", "", "orphan", "This layout has no flow.")


def _tables(bundle: Bundle) -> Iterator[Issue]:
    for key, table in bundle.tables.items():
        place = f"tables/{key}.schema.json"
        if table.schema["key"] != key:
            yield Issue(
                place, "/key", "other_key", f"The table is called {table.schema['key']}, its file {key}."
            )
        if not any(column["is_key"] for column in table.schema["columns"]):
            yield Issue(place, "/columns", "no_key", "One column at least must be a key.")
        if table.rows and table.schema["class"] != "configuration":
            yield Issue(
                f"tables/{key}.rows.ndjson",
                "",
                "not_configuration",
                "Only tables of configuration carry rows.",
            )
        for number, row in enumerate(table.rows):
            yield from _row(key, number, row, table.schema["columns"])


def _row(key: str, number: int, row: Mapping[str, Any], columns: list[Mapping[str, Any]]) -> Iterator[Issue]:
    _, problems = checked_values(columns, row["values"])
    _, dates = checked_dates(row.get("valid_from"), row.get("valid_to"))
    place = f"tables/{key}.rows.ndjson"
    for problem in [*problems, *dates]:
        yield Issue(place, f"/{number}/values/{problem.column}", "row", problem.sentence)
    for name in sorted(set(row["values"]) - {column["key"] for column in columns}):
        yield Issue(
            place, f"/{number}/values/{name}", "unknown_column", f"The table {key} has no column {name}."
        )


def _requires(bundle: Bundle) -> Iterator[Issue]:
    for number, connector in enumerate(bundle.requires.connectors):
        if not valid_range(connector["versions"]):
            message = f"“{connector['versions']}” is not a range of versions such as >=1.0,<2."
            yield Issue("manifest.json", f"/requires/connectors/{number}/versions", "versions", message)


def _questions(bundle: Bundle) -> Iterator[Issue]:
    slots = {slot["key"] for slot in bundle.requires.slots}
    variables = {variable["key"] for variable in bundle.requires.variables}
    seen: set[str] = set()
    for number, question in enumerate(bundle.questions):
        place, writes = f"/questions/{number}", question["writes"]
        if question["key"] in seen:
            yield Issue(
                "setup.json", f"{place}/key", "doubled", f"Two questions are called {question['key']}."
            )
        seen.add(question["key"])
        if writes["to"] == "slot" and writes["slot"] not in slots:
            yield Issue(
                "setup.json", f"{place}/writes/slot", "unknown", f"No slot {writes['slot']} is declared."
            )
        if writes["to"] == "variable" and writes["variable"] not in variables:
            yield Issue(
                "setup.json",
                f"{place}/writes/variable",
                "unknown",
                f"No variable {writes['variable']} is declared.",
            )
        if writes["to"] == "flow" and find(bundle.flows.get(writes["flow"]), writes["pointer"]) is None:
            yield Issue(
                "setup.json",
                f"{place}/writes/pointer",
                "unknown",
                f"{writes['flow']} has nothing at {writes['pointer']}.",
            )
