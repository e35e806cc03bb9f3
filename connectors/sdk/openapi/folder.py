"""The files of a connector that an OpenAPI document describes."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.sdk.manifest import QUALITY_RULES
from connectors.sdk.openapi.document import Document, DocumentError
from connectors.sdk.openapi.operations import descriptions
from connectors.sdk.openapi.signing import SignIn, sign_ins
from connectors.sdk.scaffold import checked_name, skeleton
from connectors.sdk.wire import Json

__all__ = ["imported"]

_STANDARD = "https://spec.openapis.org/oas/latest.html"
_EXEMPT = {
    "pagination": "a description doesn't say how its lists are paged; a flow asks for the page it wants",
    "rate-limit-declared": "a description states no limits; they are set on the connection, and learned",
    "dynamic-schemas": "the schemas are those of the description",
}


def imported(raw: Json, name: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """(files by their path in the folder, [(place, what can't be taken over)]).

    Raises `DocumentError` for what is no OpenAPI 3 document or has no usable operation, `ScaffoldError` for a bad name.
    """
    checked_name(name)
    document = Document(raw)
    found = descriptions(document)
    if not found:
        raise DocumentError("The document has no operation that can be taken over.")
    base_url, host = _server(document)
    signs = sign_ins(document, base_url)
    title = re.sub(r"[^\w .\-]+", " ", document.title).strip()[:60] or name
    files = {
        "__init__.py": f'"""The {title} connector, imported from its description."""\n',
        "manifest.toml": _manifest(document, name, title, (base_url, host), signs),
        "client.py": _client(title, signs),
        "icon.svg": skeleton(name)["icon.svg"],
        "README.md": _readme(title, found, document),
        "operations/__init__.py": f'"""What can be done in {title}: one operation a file, described beside it."""\n',
        "tests/__init__.py": f'"""Tests of the {title} connector."""\n',
        "tests/test_described.py": _tests(name, found),
    }
    for one, description in found.items():
        files[f"operations/{one}.py"] = _module(description)
        files[f"operations/{one}.json"] = json.dumps(description, ensure_ascii=False, indent=1) + "\n"
    return files, list(document.notes)


def _server(document: Document) -> tuple[str, str]:
    """(base URL over https or "", host or "")."""
    servers = document.raw.get("servers") or [{}]
    first = servers[0] if isinstance(servers[0], Mapping) else {}
    url = str(first.get("url") or "").rstrip("/")
    variables = first.get("variables") or {}
    for variable, one in variables.items():
        url = url.replace(f"{{{variable}}}", str(one.get("default", "")))
    if variables:
        document.note(
            "/servers/0", "has variables; its default address is taken, and any host may be reached"
        )
    host = urlsplit(url).hostname or ""
    if not host:
        document.note("/servers", "gives no whole address; the connection's own is used")
    if len(servers) > 1:
        document.note("/servers", "gives several addresses; the first one is taken")
    return (url if url.startswith("https://") and host else ""), ("" if variables else host)


def _manifest(document: Document, name: str, title: str, where: tuple[str, str], signs: list[SignIn]) -> str:
    base_url, host = where
    docs = str((document.raw.get("externalDocs") or {}).get("url") or "")
    facts = {
        "id": name,
        "title": title,
        "version": "0.1.0",
        "summary": f"{title}, as its description tells.",
        "category": "generic",
        "auth": [one.id for one in signs],
        "hosts": [host] if host else "any",
        **({"base_url": base_url} if base_url else {}),
        "docs": docs if docs.startswith("https://") else _STANDARD,
    }
    quality = {rule: f"exempt: {_EXEMPT[rule]}" if rule in _EXEMPT else "done" for rule in QUALITY_RULES}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items()]
    return (
        "\n".join([*lines, "", "[quality]", *(f'{rule} = "{said}"' for rule, said in quality.items())]) + "\n"
    )


def _client(title: str, signs: list[SignIn]) -> str:
    account = "AccountIdentity, OAuth2" if any("OAuth2(" in one.code for one in signs) else "AccountIdentity"
    kinds = "\n".join(f"        {one.code}," for one in signs)
    return f'''"""Talking to {title}: the sign-ins of its description, and the default table of failures."""

from connectors.sdk.account import {account}
from connectors.sdk.auth import {", ".join(sorted(one.needs for one in signs))}
from connectors.sdk.client import Client
from connectors.sdk.errors import Config
from connectors.sdk.operation import Call
from connectors.sdk.schema import obj, text

__all__ = ["CLIENT"]


def identify(call: Call) -> AccountIdentity:
    """Reads the test path; the account is what a person calls it, for a description doesn't say how to ask."""
    name = str(call.settings.get("account") or "").strip()
    if not name:
        raise Config("Give the account a name.", code="account", pointer="/account")
    call.get(str(call.settings.get("test_path") or "/"))
    return AccountIdentity(name, name)


CLIENT = Client(
    auth=(
{kinds}
    ),
    identify=identify,
    settings=obj(
        {{
            "account": text("Account name", help="Tells this account's records from another's.", shortest=1),
            "test_path": text("Test path", help="A path that any signed-in account may read.", default="/"),
        }},
        required=("account",),
    ),
)
'''


def _module(description: Mapping[str, Any]) -> str:
    """Code holds nothing of a document as it stands there: a path could close the text it is put into."""
    path = re.sub(r"[^\w/{}.:\-]", "", description["path"])[:80]
    return f'''"""{description["method"]} {path}, as the description beside it tells."""

from connectors.sdk.described import described

OPERATION = described(__file__)
'''


def _readme(title: str, found: Mapping[str, Mapping[str, Any]], document: Document) -> str:
    rows = "\n".join(
        f"| `{name}` | {one['effect']} | {one['method']} {one['path']} | {'' if one['effect'] == 'read' else 'nothing'} |"
        for name, one in found.items()
    )
    notes = (
        "\n".join(f"- `{where}` {said}." for where, said in document.notes) or "- Everything was taken over."
    )
    return f"""# {title}

Imported from its OpenAPI {document.raw["openapi"]} description: {len(found)} operations.

## Setting up

1. Choose a sign-in, and give what it asks for.
2. Name the account, and give a **test path** that any signed-in account may read.

## What it can do

| operation | effect | call | kept to once by |
|---|---|---|---|
{rows}

## Known limits

- A description promises nothing about repeated requests: after a lost answer to a write, a person decides. Where the system
  has an idempotency key, a mark or a look-up, give the operation a module of its own (docs/connectors.md).
- Lists are not paged by themselves.

## What was not taken over

{notes}
"""


def _tests(name: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    names = "\n".join(f'    "{one}",' for one in found)
    return f'''"""Every operation sends what its description says, and takes the answer it describes."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sdk.described import request_of
from connectors.sdk.errors import Auth, Data, Failure, NotFound, OutcomeUnknown, RateLimited, Transient
from connectors.sdk.operation import Read
from connectors.sdk.registry import connector
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json

NAMES = [
{names}
]
FOLDER = Path(__file__).parents[1] / "operations"
DESCRIBED: dict[str, dict[str, Any]] = {{name: json.loads((FOLDER / f"{{name}}.json").read_text()) for name in NAMES}}
TRIED = [name for name in NAMES if DESCRIBED[name]["example"] is not None]


def carried_out(name: str, status: int = 200) -> Json:
    """What the operation gives when the far system answers `status`."""
    own, operation = DESCRIBED[name], connector("{name}").operations[name]
    validator_for(operation.input).check(own["example"])
    request = request_of(own, own["example"])
    far = Replies(connector("{name}"), secrets={{}})
    far.on(request.method, request.path.partition("?")[0], status=status, json=own["sample"]["body"])
    if isinstance(operation, Read):
        return operation.run(far.call(), own["example"])
    return operation.result(own["example"], far.call().send(operation.prepare(far.call(), own["example"], MARK)))


def test_every_operation_is_named_here() -> None:
    assert sorted(NAMES) == sorted(connector("{name}").operations)


@pytest.mark.parametrize("name", TRIED)
def test_an_operation_sends_and_takes_what_is_described(name: str) -> None:
    assert "{{" not in request_of(DESCRIBED[name], DESCRIBED[name]["example"]).path
    validator_for(connector("{name}").operations[name].output).check(carried_out(name))


REFUSALS: list[tuple[int, type[Failure], type[Failure]]] = [
    (401, Auth, Auth),
    (404, NotFound, NotFound),
    (422, Data, Data),
    (429, RateLimited, RateLimited),
    (500, Transient, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "reading", "writing"), REFUSALS)
def test_each_refusal_means_its_failure(status: int, reading: type[Failure], writing: type[Failure]) -> None:
    for name in TRIED[:50]:
        with pytest.raises(reading if DESCRIBED[name]["effect"] == "read" else writing):
            carried_out(name, status)
'''
