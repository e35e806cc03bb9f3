"""A connection as a form: its fields come from the connector, secrets only ever go in, and everything is checked at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.text import slugify

from connectors.sdk.account import AuthKind
from connectors.sdk.errors import Failure
from connectors.sdk.registry import Connector
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Schema
from integrations.access.authorise import authorise, visible_environments
from integrations.releases.models import Environment
from integrations.vault import store
from integrations.vault.admin_limits import LimitsForm
from integrations.vault.models import Connection

__all__ = ["ConnectionForm", "Field"]


@dataclass(frozen=True, slots=True)
class Field:
    """One input. A secret's `value` is always ""; `is_set` says whether there is one."""

    name: str
    title: str
    help: str
    kind: str
    value: str
    required: bool
    choices: list[str]
    is_secret: bool = False
    is_set: bool = False


class ConnectionForm:
    """The form of `connection`, or of a new one of `connector`. After `save` returned True, `connection` is what was saved."""

    def __init__(self, request: HttpRequest, connector: Connector, connection: Connection | None) -> None:
        self.request = request
        self.connector = connector
        self.is_new = connection is None
        self.connection = connection or Connection(
            connector=connector.id, base_url=connector.default_base_url()
        )
        self.problems: list[str] = []
        self._posted: Mapping[str, Any] | None = request.POST if request.method == "POST" else None
        self.environments = list(visible_environments(request, "connection.edit")) if self.is_new else []
        self.marks = Connection.Mark.choices
        wanted = self._given("auth", request.GET.get("auth", "")) if self.is_new else self.connection.auth
        self.auth: AuthKind = connector.client.auth_kind(wanted if wanted in self._auth_ids() else "")
        self.auth_kinds = [(kind.id, kind.title) for kind in connector.client.auth]
        self.name = self._given("name", self.connection.name)
        self.base_url = self._given("base_url", self.connection.base_url)
        self.mark = self._given("mark", self.connection.mark)
        self.environment = self._given("environment", "")
        posted = self._posted
        self.on_premise = "on_premise" in posted if posted is not None else self.connection.on_premise
        self.limits = LimitsForm(self.connection, connector.manifest.limits, posted)

    @property
    def settings(self) -> list[Field]:
        """Inputs of the connector's own settings."""
        stored = self.connection.settings or {}
        return list(self._fields("setting", self.connector.client.settings, stored))

    @property
    def secrets(self) -> list[Field]:
        """Inputs of what signs in; never filled."""
        return list(self._fields("secret", self.auth.fields, {}))

    def save(self) -> bool:
        """Check and save. False = `problems` says why nothing was changed. Raises PermissionDenied."""
        environment = self._environment()
        if environment is None:
            self.problems = ["Choose the environment."]
            return False
        authorise(self.request, "connection.edit", environment, target=f"connection {self.name}")
        connection = self._filled(environment)
        self.problems = self._wrong(connection)
        if self.problems:
            return False
        try:
            with transaction.atomic():
                self._write(connection)
        except IntegrityError:
            self.problems = [f"{environment.name} already has a connection of this name."]
        return not self.problems

    def _write(self, connection: Connection) -> None:
        given = {field.name: self._text(f"secret-{field.name}") for field in self.secrets}
        if not self.is_new:
            store.drop_secrets_if_moved(connection)
        connection.save()
        if any(given.values()):
            store.save_secrets(connection, given)

    def _filled(self, environment: Environment) -> Connection:
        connection = self.connection
        connection.name, connection.base_url = self.name.strip(), self.base_url.strip()
        connection.mark, connection.on_premise = self.mark, self.on_premise
        connection.settings, connection.own_limits = self._settings(), self.limits.value
        if self.is_new:
            connection.environment, connection.auth = environment, self.auth.id
            connection.key = slugify(self.name)[:64]
        return connection

    def _wrong(self, connection: Connection) -> list[str]:
        found = [*self.limits.problems, *([] if connection.key else ["Give the connection a name."])]
        if connection.mark not in Connection.Mark.values:
            found.append("Say whether this is a live, test or sandbox account.")
        try:
            Connection._meta.get_field("base_url").clean(connection.base_url, connection)  # noqa: SLF001 - Django's documented API
        except ValidationError as error:
            found += [f"Address: {sentence}" for sentence in error.messages]
        if found:
            return found
        try:
            validator_for(self.connector.client.settings).check(connection.settings)
            self.connector.check_account(store.account(connection))
        except Failure as failure:
            found.append(failure.sentence)
        return found

    def _settings(self) -> dict[str, Json]:
        """The settings as typed, over those the form doesn't show; empty ones are left out."""
        known = self.connector.client.settings.get("properties", {})
        kept = {name: value for name, value in (self.connection.settings or {}).items() if name not in known}
        for name, schema in known.items():
            value = _typed(schema, self._text(f"setting-{name}"))
            if value is not None:
                kept[name] = value
        return kept

    def _fields(self, group: str, schema: Schema, stored: Mapping[str, Json]) -> Iterator[Field]:
        required = schema.get("required", ())
        for name, one in schema.get("properties", {}).items():
            is_secret = group == "secret"
            value = "" if is_secret else self._given(f"{group}-{name}", _written(stored.get(name)))
            yield Field(
                name=name,
                title=str(one.get("title") or name),
                help=str(one.get("description") or ""),
                kind=str(one.get("type", "string")),
                value=value,
                required=name in required,
                choices=[str(choice) for choice in one.get("enum", [])],
                is_secret=bool(one.get("writeOnly")),
                is_set=name in (self.connection.secrets_set or {}),
            )

    def _environment(self) -> Environment | None:
        if not self.is_new:
            return self.connection.environment
        return next((one for one in self.environments if one.key == self.environment), None)

    def _auth_ids(self) -> list[str]:
        return [kind.id for kind in self.connector.client.auth]

    def _given(self, name: str, stored: str) -> str:
        return str(self._posted.get(name, "")) if self._posted is not None else stored

    def _text(self, name: str) -> str:
        return self._given(name, "")


def _typed(schema: Schema, text: str) -> Json:
    """A setting in its own type; None when it is empty. What can't be read stays text, for the schema to refuse."""
    text = text.strip()
    if not text:
        return None
    if schema.get("type") == "boolean":
        return text == "true"
    if schema.get("type") == "integer" and text.lstrip("-").isdigit():
        return int(text)
    return text


def _written(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
