"""The standard tests: what every connector folder must fulfil, whoever wrote it. Each returns what is wrong, in sentences."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from connectors.sdk.account import Account, AuthKind, Secrets
from connectors.sdk.errors import Data
from connectors.sdk.manifest import QUALITY_RULES
from connectors.sdk.operation import Write
from connectors.sdk.ready import prepared
from connectors.sdk.registry import Connector
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Schema

__all__ = ["STANDARD_TESTS"]

_MONEY = re.compile(r"(amount|price|total|quantity|rate)$")
_SECRET = re.compile(r"(password|secret|token|api_key)$")
_NAME = re.compile(r"^[a-z]+(_[a-z0-9]+)+$")


def its_quality_scale_is_complete(connector: Connector) -> list[str]:
    todo = [rule for rule in QUALITY_RULES if connector.manifest.quality[rule] == "todo"]
    return [f"quality rule {rule} is still to do" for rule in todo]


def it_has_a_readme_and_an_icon(connector: Connector) -> list[str]:
    problems = []
    readme, icon = connector.folder / "README.md", connector.folder / "icon.svg"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    problems += [
        f"README.md has no “{part}”" for part in ("## Setting up", "## Known limits") if part not in text
    ]
    drawing = icon.read_text(encoding="utf-8") if icon.is_file() else ""
    if not drawing.startswith("<svg") or re.search(r"<script|\bon\w+=|href=", drawing):
        problems.append("icon.svg must be a plain drawing that starts with <svg")
    return problems


def its_sign_in_matches_its_manifest(connector: Connector) -> list[str]:
    declared, offered = set(connector.manifest.auth), {kind.id for kind in connector.client.auth}
    problems = [
        f"sign-in {kind} is only in one of manifest and client" for kind in sorted(declared ^ offered)
    ]
    for kind in connector.client.auth:
        for name, field in kind.fields["properties"].items():
            if _SECRET.search(name) and not field.get("writeOnly"):
                problems.append(f"field {name} of {kind.id} must be a secret")
    return problems + list(_compiles(connector.client.settings, "the connection's settings"))


def it_hides_what_it_signs_with(connector: Connector) -> list[str]:
    problems: list[str] = []
    for kind in connector.client.auth:
        secrets = _made_up(kind)
        account = Account(
            "standard", connector.manifest.base_url or "https://far.test", kind.id, Secrets(secrets)
        )
        headers: dict[str, str] = {}
        kind.sign(headers, account.secrets)
        redactor = prepared(connector, account).redactor
        shown = redactor.text(" ".join([*headers.values(), *secrets.values()]))
        problems += [
            f"{kind.id} shows the value of {name}" for name, value in secrets.items() if value in shown
        ]
        problems += [f"{kind.id} shows what it signs with" for value in headers.values() if value in shown]
    return problems


def its_operations_have_good_names(connector: Connector) -> list[str]:
    if not connector.operations:
        return ["it has no operation"]
    problems = [f"{name} must be verb_noun" for name in connector.operations if not _NAME.match(name)]
    for name, operation in connector.operations.items():
        if not operation.title or operation.title != operation.title.strip().rstrip("."):
            problems.append(f"{name} needs a title without a full stop")
    return problems


def its_schemas_compile_and_its_samples_fit(connector: Connector) -> list[str]:
    problems: list[str] = []
    for name, operation in connector.operations.items():
        problems += _compiles(operation.input, f"{name}'s input")
        problems += _fits(operation.output, operation.sample, f"{name}'s sample")
    for name, trigger in connector.triggers.items():
        problems += _compiles(trigger.config, f"{name}'s configuration")
        problems += _fits(trigger.output, trigger.sample, f"{name}'s sample")
    return problems


def its_money_is_decimal(connector: Connector) -> list[str]:
    return [
        f"{name}: {path} must be a decimal string"
        for name, operation in connector.operations.items()
        for schema in (operation.input, operation.output)
        for path, field in _properties(schema)
        if _MONEY.search(path) and field.get("type") == "number"
    ]


def its_writes_keep_to_once(connector: Connector) -> list[str]:
    anywhere = connector.manifest.hosts == ("*",)
    return [
        f"{name} {problem}"
        for name, operation in connector.operations.items()
        if isinstance(operation, Write)
        for problem in (
            *_once_problems(operation, anywhere=anywhere),
            *_revision_problems(operation, connector),
        )
    ]


def it_imports_only_the_sdk(connector: Connector) -> list[str]:
    own = f"connectors.{connector.id}"
    problems = []
    for path in _code(connector.folder):
        for module in _imports(path):
            foreign = module.startswith("connectors.") and not module.startswith(
                (f"{own}.", "connectors.sdk")
            )
            if foreign or module.split(".")[0] in {
                "integrations",
                "designer",
                "django",
                "requests",
                "urllib3",
            }:
                problems.append(f"{path.name} imports {module}")
    return problems


def its_tests_name_every_operation(connector: Connector) -> list[str]:
    """Every operation and trigger is named in the connector's own tests."""
    told = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((connector.folder / "tests").glob("*.py"))
    )
    names = [*connector.operations, *connector.triggers]
    return [f"no test names {name}" for name in names if not re.search(rf"\b{name}\b", told)]


STANDARD_TESTS: Mapping[str, Callable[[Connector], list[str]]] = {
    check.__name__: check
    for check in (
        its_quality_scale_is_complete,
        it_has_a_readme_and_an_icon,
        its_sign_in_matches_its_manifest,
        it_hides_what_it_signs_with,
        its_operations_have_good_names,
        its_schemas_compile_and_its_samples_fit,
        its_money_is_decimal,
        its_writes_keep_to_once,
        it_imports_only_the_sdk,
        its_tests_name_every_operation,
    )
}
"""By name; each takes a connector and returns what is wrong with it, in sentences."""


def _once_problems(operation: Write, *, anywhere: bool) -> Iterator[str]:
    """What a write lacks. A connector for any host can't know how to look records up."""
    told = operation.idempotency
    if not told.scope:
        yield "must say within what its idempotency holds"
    if told.strategy == "native" and told.window is None:
        yield "is native and must state its window"
    if told.strategy != "none" and operation.find is None and not (anywhere and told.strategy == "native"):
        yield f"is {told.strategy} and needs a find"
    if operation.effect == "create" and operation.standing is None and not anywhere:
        yield "creates and needs a standing"
    if (operation.existing is None) != (operation.identities is None):
        yield "needs existing and identities together"


def _revision_problems(operation: Write, connector: Connector) -> Iterator[str]:
    """What is written over or undone later needs to be looked at first, by an update of the same connector."""
    if operation.revise is not None:
        connector_id, _, name = operation.revise.operation.partition(".")
        other = connector.operations.get(name) if connector_id == connector.id else None
        if not isinstance(other, Write) or other.effect != "update":
            yield f"is revised by {operation.revise.operation}, which is no update of this connector"
        elif other.output != operation.output or other.record != operation.record:
            yield f"is revised by {operation.revise.operation}, which gives something else"
    if operation.compensation is not None and operation.standing is None:
        yield "can be undone and needs a standing"


def _made_up(kind: AuthKind) -> dict[str, str]:
    names = [*kind.fields["properties"], *(["access_token", "refresh_token"] if kind.oauth2 else [])]
    return {
        name: f"made-up {name} + value/ü".replace(" ", "-") if name != "header_name" else "X-Made-Up"
        for name in names
    }


def _compiles(schema: Schema, what: str) -> Iterator[str]:
    try:
        validator_for(schema)
    except ValueError as error:
        yield f"{what} is not a schema: {error}"


def _fits(schema: Schema, sample: Json, what: str) -> Iterator[str]:
    try:
        validator_for(schema).check(sample)
    except ValueError as error:
        yield f"{what} has no schema: {error}"
    except Data as failure:
        yield f"{what} does not fit: {failure.pointer} {failure.sentence}"


def _properties(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    for name, field in schema.get("properties", {}).items():
        yield f"{path}/{name}", field
        yield from _properties(field, f"{path}/{name}")
    if isinstance(schema.get("items"), Mapping):
        yield from _properties(schema["items"], path)


def _code(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*.py"))
        if not {"tests", "sandbox"} & set(path.relative_to(folder).parts)
    ]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
