"""What a flow can be built from is well formed, by the reference implementation of JSON Schema."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from connectors.sdk import registry
from connectors.sdk.wire import Json, Schema
from integrations import checks


def test_every_schema_is_one() -> None:
    assert checks.schemas_are_valid() == []


def test_a_schema_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ("acme.get_thing's input", {"type": "thing"})
    monkeypatch.setattr(checks, "_schemas", lambda: iter([broken]))
    (problem,) = checks.schemas_are_valid()
    assert problem.msg.startswith("The schema of acme.get_thing's input is not one: 'thing' is not valid")


def samples() -> Iterator[Any]:
    """(schema, sample) of every operation's and trigger's output."""
    for connector in registry.connectors().values():
        for name, operation in connector.operations.items():
            yield pytest.param(operation.output, operation.sample, id=f"{connector.id}.{name}")
        for name, trigger in connector.triggers.items():
            yield pytest.param(trigger.output, trigger.sample, id=f"{connector.id}.{name}")


@pytest.mark.parametrize(("schema", "sample"), list(samples()))
def test_a_sample_fits_its_schema(schema: Schema, sample: Json) -> None:
    jsonschema.validate(sample, dict(schema), jsonschema.Draft202012Validator)
