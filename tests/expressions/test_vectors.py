"""The shared vectors: each expression gives the result, nothing, or the error that its file states."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sdk.errors import Failure
from integrations.engine.expressions import MISSING, compile_expression
from integrations.engine.expressions.functions import FUNCTIONS, catalogue
from tests.engine.workbench import Scripted

HERE = Path(__file__).parent
VECTORS: list[tuple[str, dict[str, Any]]] = [
    (file.stem, vector) for file in sorted(HERE.glob("*.json")) for vector in json.loads(file.read_text())
]


@pytest.mark.parametrize(
    ("file", "vector"), VECTORS, ids=[f"{file}: {v['expr'][:70]}" for file, v in VECTORS]
)
def test_an_expression_gives_what_its_vector_states(file: str, vector: dict[str, Any]) -> None:
    expression = compile_expression(vector["expr"])
    context = Scripted(tables=vector.get("tables"))
    names = vector.get("names", {})
    if "error" in vector:
        with pytest.raises(Failure) as caught:
            expression.evaluate(names, context)
        assert caught.value.code == vector["error"]
        assert caught.value.info["expression"] == vector["expr"]
        assert caught.value.pointer == vector.get("pointer", "")
        return
    result = expression.evaluate(names, context)
    if vector.get("missing"):
        assert result is MISSING
    else:
        assert result == vector["result"]
        assert type(result) is type(vector["result"])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_every_function_is_true(name: str) -> None:
    expression, result = FUNCTIONS[name].example
    tables = {"deal_stages": [{"key": ["Closed-Won"], "status": "won"}]}
    assert compile_expression(expression).evaluate({}, Scripted(tables=tables)) == result


def test_every_function_has_a_vector_and_a_description() -> None:
    text = "".join(vector["expr"] for _, vector in VECTORS)
    for described in catalogue():
        assert f"${described['name']}(" in text
        assert str(described["help"]).endswith(".")
    json.dumps(catalogue())


def test_a_failure_says_where_in_the_text_it_came_up() -> None:
    source = '"total: " & ($event.a * 2)'
    with pytest.raises(Failure) as caught:
        compile_expression(source).evaluate({"event": {"a": "x"}}, Scripted())
    assert source[: caught.value.info["position"]].endswith("*")
    with pytest.raises(Failure) as caught:
        compile_expression('1 + $number($mul($event.a, "2"))').evaluate({"event": {"a": "x"}}, Scripted())
    assert caught.value.info["position"] == len("1 + $number($mul(")


def test_without_a_context_tables_and_the_day_are_refused() -> None:
    for source in ('$lookupTable("t", "k", "c")', "$today()"):
        with pytest.raises(Failure, match="here") as caught:
            compile_expression(source).evaluate({})
        assert caught.value.code == "no_context"
