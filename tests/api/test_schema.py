"""The OpenAPI document describes every address, and what is really answered fits it."""

from typing import Any

import jsonschema
import pytest
from django.urls import URLPattern, get_resolver
from drf_spectacular.generators import SchemaGenerator

from integrations.ingress.models import Endpoint
from integrations.runs.models import Run
from tests.api.world import FLOW, World

ASKED_ELSEWHERE = ("/export/", "/authorize/", "/draft/", "/list/", "/skip/")
"""What answers 200 only in a world that these tests don't make; their own tests do."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]  # untyped library
    return dict(generator.get_schema(request=None, public=True))


def test_every_address_of_the_interface_is_described(document: dict[str, Any]) -> None:
    names = {entry.name for entry in walk(get_resolver().url_patterns, "") if entry.name}
    assert len(document["paths"]) == len(names) - 1  # the document doesn't describe itself
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            if method != "parameters":
                assert said["responses"], (path, method)
                assert said.get("description"), (path, method)


def test_the_document_is_served_to_those_who_have_signed_in(world: World) -> None:
    assert world.client("viewer").get("/api/v1/schema/").status_code == 200
    assert world.client("").get("/api/v1/schema/").status_code == 401


def test_what_is_answered_fits_what_is_described(world: World, document: dict[str, Any]) -> None:
    run = world.run(state=Run.State.PARKED, amount="10", currency="GBP")
    effect = world.effect(run)
    world.step(run, "invoice", effect=effect)
    world.exchange(run, "invoice")
    failure = world.failure(run)
    params = {"{id}": str(run.pk), "{key}": FLOW, "{number}": "1", "{env}": "dev", "{slot}": "crm"}
    own = {
        "/approvals/": str(world.ask(run).pk),
        "/failures/": str(failure.pk),
        "/effects/": str(effect.pk),
        "/events/": str(run.event_id),
        "/endpoints/": str(Endpoint.objects.get(environment=world.dev).pk),
    }
    checked = 0
    for path, methods in document["paths"].items():
        if "get" not in methods or path.endswith(ASKED_ELSEWHERE) or "mapping-tables/{env}" in path:
            continue
        url = path
        for prefix, pk in own.items():
            url = url.replace(f"{prefix}{{id}}", f"{prefix}{pk}")
        for name, value in params.items():
            url = url.replace(name, value)
        if "/connections/" in url:
            url = url.replace(f"/connections/{run.pk}/", f"/connections/{world.dev.connections.first().pk}/")  # type: ignore[union-attr]
        query = {"path": "invoice", "key": "inv-1", "after": "0"}
        answer = world.client().get(url, query)
        assert answer.status_code == 200, (url, answer.content)
        schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(
            answer.json(), {**nullable(schema), "components": nullable(document["components"])}
        )
        checked += 1
    assert checked >= 18


def nullable(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's words."""
    if isinstance(schema, list):
        return [nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: nullable(value) for name, value in schema.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def walk(patterns: Any, prefix: str) -> Any:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            if route.startswith("api/v1/"):
                yield entry
        else:
            yield from walk(entry.url_patterns, route)
