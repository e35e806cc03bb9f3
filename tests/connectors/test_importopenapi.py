"""An OpenAPI 3 document becomes a connector that keeps the contract: a written one with every trick, and Interlock's own."""

import ast
import json
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.management import CommandError, call_command
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from connectors.sdk import registry
from connectors.sdk.account import OAuth2, Secrets
from connectors.sdk.described import request_of
from connectors.sdk.errors import Data
from connectors.sdk.openapi.document import Document
from connectors.sdk.openapi.folder import imported
from connectors.sdk.openapi.schemas import Converter
from connectors.sdk.operation import Operation, Write
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json
from tests.connectors.test_newconnector import own_tests, problems

SHOP = Path(__file__).parent / "documents" / "shop.yaml"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the connector `shop`."""
    root = tmp_path_factory.mktemp("shop")
    call_command("importopenapi", str(SHOP), name="shop", into=str(root), verbosity=0)
    return root


def description(root: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "shop" / "operations" / f"{name}.json").read_text())
    return found


def operations(root: Path) -> dict[str, Operation]:
    with registry.extra_root(root):
        return dict(registry.connector("shop").operations)


def test_the_imported_connector_keeps_the_contract_and_passes_its_own_tests(shop: Path) -> None:
    assert problems(shop, "shop") == {}
    done = own_tests(shop, "shop")
    assert done.returncode == 0, done.stdout


def test_each_path_and_method_is_an_operation_with_its_effect(shop: Path) -> None:
    assert {name: one.effect for name, one in operations(shop).items()} == {
        "list_orders": "read",
        "create_order": "append",
        "get_order": "read",
        "replace_order": "update",
        "delete_orders_id": "delete",
        "charge_order": "append",
        "get_tree": "read",
        "post_search": "append",
    }


def test_the_sign_ins_are_the_documents(shop: Path) -> None:
    with registry.extra_root(shop):
        made = registry.connector("shop")
        kinds = {kind.id: kind for kind in made.client.auth}
    assert list(kinds) == ["api_key", "basic", "oauth2_code", "oauth2_client_credentials"]
    headers: dict[str, str] = {}
    kinds["api_key"].sign(headers, Secrets({"api_key": "k"}))
    assert headers == {"X-Shop-Key": "k"}
    code = cast(OAuth2, kinds["oauth2_code"].oauth2)
    assert (code.authorize_url, code.token_url, code.scope) == (
        "https://sign-in.shop.example/authorize",
        "https://api.shop.example/v2/token",
        "orders:read orders:write",
    )
    assert (made.manifest.base_url, made.manifest.hosts) == (
        "https://api.shop.example/v2",
        ("api.shop.example",),
    )


def test_parameters_go_where_they_belong(shop: Path) -> None:
    data = {"status": ["open", "won"], "fields": ["id", "total"], "limit": 5, "X-Tenant": "t1"}
    request = request_of(description(shop, "list_orders"), data)
    assert request.path == "/orders"
    assert request.query == {"status": ["open", "won"], "fields": "id,total", "limit": 5}
    assert request.headers == {"X-Tenant": "t1"}
    assert request_of(description(shop, "get_order"), {"id": "a/b"}).path == "/orders/a%2Fb"
    with pytest.raises(Data):
        request_of(description(shop, "get_order"), {"id": ".."})


ORDER: Json = {"customer": {"name": "Ida"}, "total": "30.095", "lines": [{"sku": "X", "quantity": "2"}]}


def test_inputs_are_checked_with_references_and_joined_objects_in_place(shop: Path) -> None:
    schema = description(shop, "create_order")["input"]
    validator_for(schema).check({"body": ORDER})
    body = schema["properties"]["body"]
    assert set(body["required"]) == {"customer", "total", "lines"}
    assert "id" not in body["properties"], "only an answer has it"
    wrongs: list[Json] = [{"customer": {}}, {"lines": []}, {"total": 30.095}, {"channel": "fax"}]
    for wrong in wrongs:
        with pytest.raises(Data):
            validator_for(schema).check({"body": {**ORDER, **wrong}})
    validator_for(schema).check({"body": {**ORDER, "channel": None, "note": None}})
    validator_for(schema).check({"body": {**ORDER, "payment": {"kind": "card", "number": "4"}}})
    with pytest.raises(Data):
        validator_for(schema).check({"body": {**ORDER, "payment": {"kind": "cash"}}})


def test_money_is_decimal_text_here_and_a_number_over_there(shop: Path) -> None:
    create = cast(Write, operations(shop)["create_order"])
    with registry.extra_root(shop):
        far = Replies(registry.connector("shop"), secrets={})
        answer = {**ORDER, "id": 7, "total": 30.095, "lines": [{"sku": "X", "quantity": 2}]}
        far.on("POST", "/orders", status=201, json=answer)
        request = create.prepare(far.call(), {"body": ORDER}, MARK)
        output = create.result({"body": ORDER}, far.call().send(request))
    assert (request.json["total"], request.json["lines"][0]["quantity"]) == (30.095, 2)
    assert (output["body"]["total"], output["body"]["lines"][0]["quantity"]) == ("30.095", "2")
    assert create.far_id(output) == "7"
    with pytest.raises(Data, match="digits"):
        create.prepare(far.call(), {"body": {**ORDER, "total": "0.12345678901234567891"}}, MARK)


def test_an_update_and_a_deletion_aim_at_the_record_in_the_path(shop: Path) -> None:
    assert request_of(description(shop, "delete_orders_id"), {"id": "o1"}).far_id == "o1"
    assert request_of(description(shop, "replace_order"), {"id": "o1", "body": ORDER}).far_id == "o1"


def test_a_form_is_sent_flat(shop: Path) -> None:
    body = {"amount": 12, "card": {"holder": "Ida", "tags": ["a", "b"]}, "capture": True}
    request = request_of(description(shop, "charge_order"), {"id": "o1", "body": body})
    assert request.form == {
        "amount": "12",
        "card[holder]": "Ida",
        "card[tags][0]": "a",
        "card[tags][1]": "b",
        "capture": "true",
    }


def test_a_schema_that_holds_itself_is_cut_with_a_note(shop: Path) -> None:
    node = description(shop, "get_tree")["output"]["properties"]["body"]
    child = node["properties"]["children"]["items"]
    assert (node["type"], child) == ("object", {"title": "Node"})


def test_what_cannot_be_taken_over_is_listed_with_its_place(shop: Path) -> None:
    page = (shop / "shop" / "README.md").read_text()
    for line in (
        "`/paths/~1files/post` takes only multipart/form-data; the operation is left out.",
        "`/paths/~1orders/get/parameters/4` is a parameter in a cookie, which is not sent.",
        "`/components/securitySchemes/query_key` is a sign-in that can't be used: apiKey in query.",
        "`/components/schemas/Node` refers to itself; it is cut there, and any JSON is taken.",
        "`/paths/~1search/post/requestBody` has a pattern that can't be used here; it is not checked.",
        "`/paths/~1orders~1{id}/delete` doesn't describe {id} of its path; it is taken as text.",
    ):
        assert f"- {line}" in page


def test_interlocks_own_description_becomes_a_connector(tmp_path: Path) -> None:
    """A large real document, by another program than ours."""
    generator: Any = SchemaGenerator
    renderer: Any = OpenApiYamlRenderer
    document = generator().get_schema(request=None, public=True)
    path = tmp_path / "interlock.yaml"
    path.write_bytes(renderer().render(document, renderer_context={}))
    call_command("importopenapi", str(path), name="interlock", into=str(tmp_path), verbosity=0)
    assert problems(tmp_path, "interlock") == {}
    methods = [method for item in document["paths"].values() for method in item if method != "parameters"]
    with registry.extra_root(tmp_path):
        made = registry.connector("interlock").operations
        effects = [one.effect for one in made.values()]
    assert len(made) == len(methods) > 50
    assert effects.count("read") == methods.count("get")
    done = own_tests(tmp_path, "interlock")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{}", "no OpenAPI 3 document"),
        ('{"swagger": "2.0"}', "no OpenAPI 3 document"),
        ('{"openapi": "3.0.0", "paths": {}}', "has no paths"),
        ('{"openapi": "3.0.0", "paths": {"/x": {"head": {}}}}', "no operation"),
        ("openapi: [", "can't be read"),
        ("- 1", "no OpenAPI 3 document"),
    ],
)
def test_what_is_no_document_is_refused_and_nothing_is_written(
    tmp_path: Path, document: str, said: str
) -> None:
    path = tmp_path / "document"
    path.write_text(document)
    with pytest.raises(CommandError, match=said):
        call_command("importopenapi", str(path), name="thing", into=str(tmp_path / "into"))
    assert not (tmp_path / "into").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("importopenapi", str(SHOP), name="shop", into=str(tmp_path))


EVIL = 'x"""\nraise SystemExit("evil")\n"""'


def test_nothing_of_a_document_becomes_code(tmp_path: Path) -> None:
    schemes: dict[str, Json] = {EVIL: {"type": "apiKey", "in": "header", "name": EVIL}}
    schemes["flow"] = {
        "type": "oauth2",
        "flows": {"password": {"tokenUrl": f"https://a.test/{EVIL}", "scopes": {EVIL: ""}}},
    }
    raw = {
        "openapi": EVIL.replace("x", "3.0", 1),
        "info": {"title": EVIL},
        "externalDocs": {"url": f"https://a.test/{EVIL}"},
        "servers": [{"url": "https://a.test"}],
        "paths": {f"/{EVIL}": {"get": {"operationId": EVIL, "summary": EVIL, "description": EVIL}}},
        "components": {"securitySchemes": schemes},
    }
    files, _ = imported(raw, "evil")
    for name, code in files.items():
        if name.endswith(".py"):
            calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Raise)]
            assert all("SystemExit" not in ast.unparse(one) for one in calls)
    assert tomllib.loads(files["manifest.toml"])["id"] == "evil"


SCHEMAS: list[tuple[Json, Json]] = [
    ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
    ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
    ({"exclusiveMaximum": 5}, {"exclusiveMaximum": 5}),
    ({"type": "number", "format": "double"}, {"type": "number"}),
    (
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    ),
    ({"oneOf": [{"type": "string"}, {}]}, {"anyOf": [{"type": "string"}, {}]}),
    ({"allOf": [{"type": "string"}, {"maxLength": 3}]}, {"allOf": [{"type": "string"}, {"maxLength": 3}]}),
    ({"$ref": "#/components/nothing"}, {}),
    ({"$ref": "other.yaml#/x"}, {}),
    ({"type": "thing"}, {}),
]


@pytest.mark.parametrize(("raw", "made"), SCHEMAS)
def test_old_words_become_todays(raw: Json, made: Json) -> None:
    document = Document({"openapi": "3.0.3", "paths": {"/x": {}}})
    assert Converter(document, "output").converted(raw, "/here") == made


def test_a_document_of_a_bad_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name for a connector"):
        imported({"openapi": "3.1.0", "paths": {"/x": {"get": {}}}}, "Bad Name")
