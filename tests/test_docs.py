"""The documentation is complete and holds nothing that isn't there: settings, commands, node types, operations, addresses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from connectors.sdk import registry
from integrations.catalog import node_types

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"


def code_words(page: Path) -> set[str]:
    """What a page sets in code type."""
    return set(re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")))


def first_column(page: Path) -> set[str]:
    """The code words that begin a table's rows: what the page documents one by one."""
    return set(re.findall(r"^\| `([^`\n]+)`", page.read_text(encoding="utf-8"), re.M))


def settings_read() -> set[str]:
    """Every INTERLOCK_* name that the product's code reads from its environment."""
    sources = [
        path for tree in ("integrations", "designer", "connectors") for path in (ROOT / tree).rglob("*.py")
    ]
    names: set[str] = set()
    for path in sources:
        if "tests" in path.parts:
            continue
        constants = (
            node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)
        )
        names |= {
            value
            for value in constants
            if isinstance(value, str) and re.fullmatch(r"INTERLOCK_[A-Z_]*[A-Z]", value)
        }
    return names


def test_every_setting_is_documented() -> None:
    assert first_column(REFERENCE / "settings.md") == settings_read()


def test_every_command_is_documented() -> None:
    folders = (ROOT / app / "management" / "commands" for app in ("integrations", "designer"))
    commands = {path.stem for folder in folders for path in folder.glob("[a-z]*.py")}
    assert first_column(REFERENCE / "commands.md") == commands


def test_every_node_type_is_documented() -> None:
    assert first_column(REFERENCE / "node-types.md") == set(node_types())


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """(address, methods) of everything under /api/v1/."""
    for pattern in patterns:
        where = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, where)
        elif where.startswith("api/v1/"):
            methods = ", ".join(pattern.callback.cls.actions)  # type: ignore[attr-defined]
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", where), methods


def test_every_address_of_the_rest_interface_is_documented() -> None:
    page = (REFERENCE / "rest.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([^`]+)` \| ([A-Z, ]+) \|", page, re.M))
    assert documented == set(addresses(get_resolver().url_patterns))


@pytest.mark.parametrize("connector", sorted(registry.connectors()))
def test_every_operation_and_trigger_is_on_its_connectors_page(connector: str) -> None:
    found = registry.connector(connector)
    named = code_words(ROOT / "connectors" / connector / "README.md")
    assert {*found.operations, *found.triggers} - named == set()


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{name}" for name in ("README.md",))]
)
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_every_file_to_follow_one_event_through_is_there() -> None:
    """A name without a folder is in the folder named last."""
    rows = re.findall(
        r"^\| (?:\d+|✗|†) \| ([^|]+) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.M
    )
    missing, folder = [], ROOT
    for name in (word for row in rows for word in re.findall(r"`([^`]+)`", row)):
        path = ROOT / name if "/" in name else folder / name
        folder = path.parent
        if not list(ROOT.glob(str(path.relative_to(ROOT)))):
            missing.append(name)
    assert missing == []
