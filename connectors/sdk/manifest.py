"""What a connector's `manifest.toml` may say: who it is, how one signs in, where it may go, and how good it is.

Read without importing any of the connector's code. The folder's name is the connector's id.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.sdk.errors import Data
from connectors.sdk.validation import Validator
from connectors.sdk.wire import Schema

__all__ = [
    "LIMITS", "QUALITY_RULES", "SCHEMA", "Limit", "Manifest", "ManifestError", "limit_of", "read_manifest",
]  # fmt: skip

QUALITY_RULES = (
    "tests-every-operation",
    "every-failure-classified",
    "tested-before-saved",
    "reauth",
    "idempotency-stated",
    "pagination",
    "rate-limit-declared",
    "dynamic-schemas",
    "sample-outputs",
    "redaction-checked",
    "readme",
    "known-limits",
)
_AUTH = (
    "none",
    "api_key",
    "basic",
    "bearer",
    "oauth2_code",
    "oauth2_client_credentials",
    "oauth2_password",
    "ionapi",
)
_PERIODS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_TEXT = {"type": "string", "minLength": 1}

LIMITS: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["scope"],
        "properties": {
            "scope": {"enum": ["connection", "account"]},
            "calls": {"type": "integer", "minimum": 1},
            "per": {"type": "string", "pattern": "^[1-9][0-9]*[smhd]$"},
            "concurrent": {"type": "integer", "minimum": 1},
        },
        "dependentRequired": {"calls": ["per"], "per": ["calls"]},
    },
}
"""`[{"scope": "account", "calls": 100, "per": "1m"}, {"scope": "connection", "concurrent": 4}]`: all of them hold at once."""

SCHEMA: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "title", "version", "summary", "auth", "hosts", "docs", "quality"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "title": _TEXT,
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "summary": _TEXT,
        "category": {"enum": ["crm", "accounting", "erp", "generic", "messaging", "files"]},
        "auth": {
            "type": "array",
            "minItems": 1,
            "items": {"enum": list(_AUTH)},
        },
        "hosts": {"anyOf": [{"const": "any"}, {"type": "array", "minItems": 1, "items": _TEXT}]},
        "base_url": {"type": "string", "pattern": "^https://"},
        "docs": {"type": "string", "pattern": "^https://"},
        "limits": LIMITS,
        "quality": {
            "type": "object",
            "additionalProperties": False,
            "required": list(QUALITY_RULES),
            "properties": {
                rule: {"type": "string", "pattern": "^(done|todo|exempt: .+)$"} for rule in QUALITY_RULES
            },
        },
    },
}


class ManifestError(ValueError):
    """A manifest that can't be read; the sentence names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`calls` in `seconds` (0 = no rate), at most `concurrent` at once (0 = no cap), for a connection or a far account."""

    scope: str
    calls: int = 0
    seconds: float = 0.0
    concurrent: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """A connector's identity. `hosts` are patterns such as "*.sage.com", or ("*",) for any."""

    id: str
    title: str
    version: str
    summary: str
    auth: tuple[str, ...]
    hosts: tuple[str, ...]
    docs: str
    category: str = "generic"
    base_url: str = ""
    limits: tuple[Limit, ...] = ()
    quality: Mapping[str, str] = field(default_factory=dict)

    def may_reach(self, host: str) -> bool:
        """Whether a public connection may go to `host`."""
        host = host.lower().rstrip(".")
        return any(_matches(host, pattern) for pattern in self.hosts)


def read_manifest(path: Path) -> Manifest:
    """Read and check one `manifest.toml`. Raises `ManifestError`."""
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        Validator(SCHEMA).check(document)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"{path} can't be read: {error}") from error
    except Data as failure:
        raise ManifestError(f"{path}{failure.pointer}: {failure.sentence}") from failure
    if document["id"] != path.parent.name:
        raise ManifestError(
            f"{path}: the id “{document['id']}” must be the folder's name, “{path.parent.name}”"
        )
    hosts = document.pop("hosts")
    limits = tuple(limit_of(raw) for raw in document.pop("limits", []))
    return Manifest(
        hosts=("*",) if hosts == "any" else tuple(hosts),
        limits=limits,
        auth=tuple(document.pop("auth")),
        **document,
    )


def limit_of(raw: Mapping[str, Any]) -> Limit:
    """One limit from its JSON, as `LIMITS` says."""
    per = raw.get("per", "")
    return Limit(
        scope=raw["scope"],
        calls=raw.get("calls", 0),
        seconds=int(per[:-1]) * _PERIODS[per[-1]] if per else 0.0,
        concurrent=raw.get("concurrent", 0),
    )


def _matches(host: str, pattern: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host == pattern
