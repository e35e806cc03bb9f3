"""Our own reading of expressions: everything the engine accepts is understood, and names are found where they stand."""

from contextlib import suppress

import jlens
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.engine.expressions.reading import read
from integrations.engine.expressions.syntax import NotUnderstood, parse
from tests.expressions.test_vectors import VECTORS

FORMS = [
    "a.b[0].c{x: $sum(y)}",
    "lines^(>price, <sku)[0]",
    "$map(a, function($v, $i, $l) { $v + $i })",
    "λ($x) { $x * 2 }(3)",
    "function($a, $b)<nn:n> { $a / $b }(4, 2)",
    "(  $f := $add(?, 1); $f(2) )",
    "a ~> |lines|{\"n\": q}, ['p']|",
    "$event ~> $string ~> $length",
    "lines@$l.other[id = $l.id]",
    "lines#$i.{'at': $i}",
    "a ?: b ?? 'c'",
    "x ? 'y' : z ? 1 : 2",
    "a in ['b', \"c\"] and not (d or e)",
    "and + or - in",
    "`odd name`.'quoted'.**.x.*",
    "-5 + -a",
    "/a\\/b+/i",
    "$match(s, /[a-z]+/)[0].groups",
    "5 / 2 / x",
    "[1..5, 7]",
    "{'a': 1, 'b': {'c': [1, {}]}, 'd': []}",
    "a /* comment / with . signs */ . b",
    "a.b.{'up': %.c}",
    '\'say "hi"\' & "\\u00e9\\n"',
    "a[b[c.d > 1]].e",
    "$$.a & $.b & $",
    "1e-7 * 2.50",
    "true or false or null",
]


@pytest.mark.parametrize("source", FORMS)
def test_every_form_the_engine_accepts_is_understood(source: str) -> None:
    jlens.Expression(source)
    assert list(parse(source).walk())


@pytest.mark.parametrize("source", [vector["expr"] for _, vector in VECTORS])
def test_every_vector_is_understood(source: str) -> None:
    assert parse(source).kind


@pytest.mark.parametrize(
    "source", ["", "a +", "(a", "a)", "[1,", "{a}", "a.", "'open", "f(", "|a|", "a ? ", "#", "~"]
)
def test_what_is_no_expression_is_refused_with_a_position(source: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse(source)
    assert 0 <= caught.value.position <= len(source)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab$.[](){}'\"`/*+-?:;,=<>&|^@#%~!123 \n", max_size=25))
def test_any_text_is_either_read_or_refused(source: str) -> None:
    with suppress(NotUnderstood):
        assert read(parse(source)) is not None


@pytest.mark.parametrize("source", [*FORMS, *(vector["expr"] for _, vector in VECTORS)])
def test_no_name_the_engine_says_it_reads_is_overlooked(source: str) -> None:
    """The engine can tell what an expression reads, but not where; what it tells must be among what we found."""
    told = jlens.Expression(source).reads({}).get("bindings", {})
    found = read(parse(source))
    called = {call.name for call in found.calls}
    for name, parts in told.items():
        assert name in found.names() | called
        firsts = {use.first for use in found.firsts(name)}
        if isinstance(parts, dict) and "" not in firsts:
            assert set(parts) <= firsts


READINGS = [
    ("$steps.deal.lines[sku = $event.x]", [("steps", "deal"), ("event", "x")]),
    ("$steps.`deal`[0].x", [("steps", "deal")]),
    ('$steps."deal".x', [("steps", "deal")]),
    ("$steps", [("steps", "")]),
    ("$keys($steps)", [("steps", "")]),
    ("($steps := {}; $steps.a)", []),
    ("($x := $steps.a; $x.b)", [("steps", "a")]),
    ("$map($event.l, function($steps) { $steps.a })", [("event", "l")]),
    ("$event.l.{'a': $steps.b.c, 'd': e}", [("event", "l"), ("steps", "b")]),
    ("$event.l@$v.$v.sku", [("event", "l")]),
    ("$event.l^($item.x)", [("event", "l"), ("item", "x")]),
    ("$event.a ? $steps.b.c : $vars.d", [("event", "a"), ("steps", "b"), ("vars", "d")]),
]


@pytest.mark.parametrize(("source", "uses"), READINGS, ids=[source for source, _ in READINGS])
def test_the_names_an_expression_reads_are_found(source: str, uses: list[tuple[str, str]]) -> None:
    assert [(use.name, use.first) for use in read(parse(source)).uses] == uses


@pytest.mark.parametrize(
    "source", ["total", "total + $event.a", "*", "**", "$", "$$.a", "$sum(lines)", "[a]", "{'k': v}"]
)
def test_a_name_that_stands_on_nothing_is_found(source: str) -> None:
    assert read(parse(source)).rootless


@pytest.mark.parametrize(
    "source",
    ["$event.a.b", "$event.l[x = 1].y", "$event.l.(a + b)", "$event.l^(x)", "'text'", "$event.l.{'a': b}"],
)
def test_a_name_that_stands_on_a_path_is_not(source: str) -> None:
    assert not read(parse(source)).rootless
