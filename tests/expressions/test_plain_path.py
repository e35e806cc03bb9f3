"""Plain paths are followed without the language engine: wherever they are, the engine says the same."""

from typing import Any

import jlens
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.engine.expressions import MISSING, compile_expression
from integrations.engine.expressions.language import NAMES
from integrations.engine.expressions.plain_path import UNSURE, follow, plain_path

FIELDS = ["a", "b", "Deal Size", "x_1"]
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(-2, 2), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3)
    ),
    max_leaves=12,
)
PARTS = st.lists(st.sampled_from([".a", ".b", ".`Deal Size`", ".x_1", ".`a`", "[0]", "[1]"]), max_size=4)


def by_the_engine(source: str, names: dict[str, Any]) -> Any:
    """The result told apart from nothing, as the language itself has it."""
    bound = "; ".join(f"${name} := `§`.{name}" for name in ("event", "steps"))
    document = {"§": names}
    there = jlens.Expression(f"({bound}; $exists({source}))").evaluate(document)
    return jlens.Expression(f"({bound}; {source})").evaluate(document) if there else MISSING


@pytest.mark.thorough
@settings(max_examples=400, deadline=None)
@given(st.sampled_from(["$event", "$steps"]), PARTS, VALUES, VALUES)
def test_a_plain_path_gives_what_the_engine_gives(
    root: str, parts: list[str], event: Any, steps: Any
) -> None:
    source = root + "".join(parts)
    path = plain_path(source, NAMES)
    assert path is not None
    names = {"event": event, "steps": steps}
    found = follow(path, names)
    said = by_the_engine(source, names)
    if found is not UNSURE:
        assert found == said
        assert type(found) is type(said)
    assert compile_expression(source).evaluate(names) == said


@pytest.mark.parametrize(
    "source",
    ["$ event", "$event.a + 1", "$event.a.b ", "$event.*", "$event.a[-1]", "$event.and", "$event.a.null", "$other.a", "$event.a[b=1]", "$event . a", "$event.a.$b", "event.a", "$event.`a\\`b`"],
)  # fmt: skip
def test_whatever_is_more_than_a_path_is_left_to_the_engine(source: str) -> None:
    assert plain_path(source, NAMES) is None


@pytest.mark.parametrize("value", [1, 2.0, [1], {"b": 1}, [], [["x"]]])
def test_numbers_lists_and_objects_are_left_to_the_engine(value: Any) -> None:
    assert follow(("event", "a"), {"event": {"a": value}}) is UNSURE
