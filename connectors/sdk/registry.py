"""Finding connectors: a folder with a `manifest.toml` is one. No list is edited and listing them imports none of them.

`connector("sage50").operations` loads `operations/*.py` (each ends in `OPERATION = …`) when somebody asks for them.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import connectors as package
from connectors.sdk.account import Account
from connectors.sdk.client import Client
from connectors.sdk.discovery import Discovery
from connectors.sdk.errors import Config
from connectors.sdk.guard import origin_of
from connectors.sdk.manifest import Manifest, ManifestError, read_manifest
from connectors.sdk.operation import Operation, Read, Write
from connectors.sdk.trigger import PollTrigger, Trigger, WebhookTrigger

__all__ = ["Connector", "connector", "connectors", "extra_root", "operation", "trigger"]


@dataclass(frozen=True)
class Connector:
    """One far system. Only `manifest` and `folder` are known without importing its code."""

    manifest: Manifest
    folder: Path

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def title(self) -> str:
        return self.manifest.title

    @cached_property
    def client(self) -> Client:
        """How to talk to it. Raises `ManifestError` when the folder holds none."""
        client: Client = self._named("client", "CLIENT", Client)
        return client

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """By name: "create_invoice" → its operation."""
        return {name: self._operation(name) for name in self._files("operations")}

    @cached_property
    def triggers(self) -> Mapping[str, Trigger]:
        """By name: "box_stage_changed" → its trigger."""
        return {
            name: self._named(f"triggers.{name}", "TRIGGER", WebhookTrigger, PollTrigger)
            for name in self._files("triggers")
        }

    @cached_property
    def discovery(self) -> Discovery:
        """Choices and schemas asked from the far system; an empty one when there is no `discovery.py`."""
        if not (self.folder / "discovery.py").is_file():
            return Discovery()
        discovery: Discovery = self._named("discovery", "DISCOVERY", Discovery)
        return discovery

    def check_account(self, account: Account) -> None:
        """Refuse an account this connector may not use. Raises `Config` with a sentence."""
        if account.auth and account.auth not in self.manifest.auth:
            raise Config(f"{self.title} cannot sign in by “{account.auth}”.", code="auth_kind")
        origin = origin_of(account.base_url, account.reach)
        if account.reach == "public" and not self.manifest.may_reach(origin.host):
            raise Config(f"{self.title} may not be reached at {origin.host}.", code="host")

    def default_base_url(self) -> str:
        return self.manifest.base_url

    def _operation(self, name: str) -> Operation:
        found: Operation = self._named(f"operations.{name}", "OPERATION", Read, Write)
        return found

    def _files(self, kind: str) -> list[str]:
        return sorted(
            path.stem for path in (self.folder / kind).glob("*.py") if not path.stem.startswith("_")
        )

    def _named(self, module: str, name: str, *kinds: type) -> Any:
        value = getattr(importlib.import_module(f"connectors.{self.id}.{module}"), name, None)
        if not isinstance(value, kinds):
            raise ManifestError(f"{self.folder / module.replace('.', '/')}.py must define {name}")
        return value


@cache
def connectors() -> Mapping[str, Connector]:
    """Every connector by id, in order of title. Raises `ManifestError` for a folder whose manifest is wrong."""
    found: dict[str, Connector] = {}
    for root in package.__path__:
        for path in sorted(Path(root).glob("*/manifest.toml")):
            one = Connector(read_manifest(path), path.parent)
            found.setdefault(one.id, one)
    return dict(sorted(found.items(), key=lambda item: item[1].title.lower()))


def connector(connector_id: str) -> Connector:
    """Raises `KeyError` when there is no such connector."""
    return connectors()[connector_id]


def operation(name: str) -> Operation:
    """`operation("sage50.create_invoice")`. Raises `KeyError` when there is none."""
    connector_id, _, own = name.partition(".")
    return connector(connector_id).operations[own]


def trigger(name: str) -> Trigger:
    """`trigger("streak.box_stage_changed")`. Raises `KeyError` when there is none."""
    connector_id, _, own = name.partition(".")
    return connector(connector_id).triggers[own]


@contextmanager
def extra_root(folder: Path) -> Iterator[None]:
    """Also look for connectors in `folder` for a while: how a test drops one in."""
    root = str(folder)
    before = set(sys.modules)
    package.__path__.append(root)
    connectors.cache_clear()
    importlib.invalidate_caches()
    try:
        yield
    finally:
        package.__path__.remove(root)
        connectors.cache_clear()
        for name in [name for name in set(sys.modules) - before if _under(name, root)]:
            del sys.modules[name]


def _under(module: str, root: str) -> bool:
    """Whether a loaded module comes from below `root`; a folder without `__init__.py` has only a path."""
    loaded = sys.modules[module]
    places = [getattr(loaded, "__file__", None), *getattr(loaded, "__path__", ())]
    return any(str(place).startswith(root) for place in places if place)
