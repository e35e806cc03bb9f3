"""The house rules that a linter can't hold: size budgets, opening docstrings, forbidden names, and who imports whom."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYTHON_TREES = ("connectors", "integrations", "designer", "deploy")
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py", "base.py", "manager.py"}
OUTERMOST_FRAMES = {
    "connectors/agent/lane.py",
    "connectors/sdk/sandbox/server.py",
    "integrations/runs/runner.py",
    "integrations/supervisor/warm_process.py",
}
"""Files that may say `except Exception`: the outermost frame of a thread or process, and nothing else."""

FILE_P95, FILE_MAX = 250, 400
FUNCTION_P95, FUNCTION_MAX = 40, 60
COMPONENT_P95 = 150


def python_files(*, tests: bool = True) -> list[Path]:
    found = [
        path
        for tree in PYTHON_TREES
        for path in (ROOT / tree).rglob("*.py")
        if "migrations" not in path.parts
    ]
    found += (ROOT / "tests").rglob("*.py")
    return sorted(path for path in found if tests or "tests" not in path.parts)


def frontend_files() -> list[Path]:
    found = [path for ending in ("ts", "tsx") for path in (ROOT / "frontend" / "src").rglob(f"*.{ending}")]
    return sorted(path for path in found if ".gen." not in path.name and not path.name.endswith(".d.ts"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def non_blank_lines(path: Path) -> int:
    return sum(1 for line in path.read_text().splitlines() if line.strip())


def percentile_95(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.95)] if values else 0


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def statement_lines(function: Function) -> int:
    """Physical lines of a function's statements. Its docstring and data literals (schemas, tables) count one line each."""
    first = function.body[0]
    body = (
        function.body[1:]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        else function.body
    )
    if not body:
        return 1
    lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
    return lines - sum(height(literal) - 1 for statement in body for literal in data_literals(statement))


def data_literals(node: ast.AST) -> Iterator[ast.AST]:
    """The outermost dicts, lists, sets, tuples and texts of more than one line; one that holds a loop or a lambda is code."""
    if is_data(node):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from data_literals(child)


def is_data(node: ast.AST) -> bool:
    if (
        not isinstance(node, ast.Dict | ast.List | ast.Set | ast.Tuple | ast.Constant | ast.JoinedStr)
        or height(node) == 1
    ):
        return False
    return not any(isinstance(inner, ast.Lambda | ast.comprehension) for inner in ast.walk(node))


def height(node: ast.AST) -> int:
    return int(getattr(node, "end_lineno", 0)) - int(getattr(node, "lineno", 0)) + 1


def test_files_stay_small() -> None:
    sizes = {name(path): non_blank_lines(path) for path in [*python_files(), *frontend_files()]}
    assert {path: size for path, size in sizes.items() if size > FILE_MAX} == {}
    assert percentile_95(list(sizes.values())) <= FILE_P95


def test_functions_stay_short() -> None:
    sizes = {
        f"{name(path)}:{function.lineno} {function.name}": statement_lines(function)
        for path in python_files()
        for function in functions(path)
    }
    assert {where: size for where, size in sizes.items() if size > FUNCTION_MAX} == {}
    assert percentile_95(list(sizes.values())) <= FUNCTION_P95


def test_react_components_stay_short() -> None:
    """A component runs from `function Name(` in the first column to the `}` that closes it there."""
    sizes = {}
    for path in frontend_files():
        if path.suffix != ".tsx" or ".test." in path.name:
            continue
        for found in re.finditer(
            r"^(?:export )?(?:default )?function ([A-Z]\w*).*?^\}", path.read_text(), re.M | re.S
        ):
            sizes[f"{name(path)} {found[1]}"] = found[0].count("\n") + 1
    assert percentile_95(list(sizes.values())) <= COMPONENT_P95


def test_every_module_opens_with_what_it_is_for() -> None:
    assert [name(path) for path in python_files() if not ast.get_docstring(parsed(path))] == []


def test_every_function_is_typed() -> None:
    untyped = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in python_files()
        for function in functions(path)
        if function.returns is None
    ]
    assert untyped == []


def test_no_file_is_named_after_nothing() -> None:
    assert [name(path) for path in python_files() if path.name in FORBIDDEN_NAMES] == []


def test_everything_is_caught_only_at_the_outermost_frames() -> None:
    catching = {name(path) for path in python_files(tests=False) if catches_everything(path)}
    assert catching == OUTERMOST_FRAMES


def catches_everything(path: Path) -> bool:
    """Whether a file swallows whatever comes. One that cleans up and raises it again swallows nothing."""
    handlers = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.ExceptHandler)]
    return any(
        (
            handler.type is None
            or (isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"})
        )
        and not (isinstance(last := handler.body[-1], ast.Raise) and last.exc is None)
        for handler in handlers
    )


def test_imports_are_absolute() -> None:
    relative = [
        f"{name(path)}:{node.lineno}"
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_nothing_a_user_sees_is_pickled_or_evaluated() -> None:
    banned = re.compile(r"^\s*(?:import|from) (?:pickle|marshal|shelve)\b|(?<![\w.])(?:eval|exec)\(", re.M)
    assert [name(path) for path in python_files(tests=False) if banned.search(path.read_text())] == []


def test_the_import_contracts_are_kept() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f():\n    '''Doc.\n\n    More.'''\n    a = 1\n    return a\n", 2),
        ("def f():\n    return {\n        'a': 1,\n        'b': 2,\n    }\n", 1),
        ("def f():\n    a = [\n        x\n        for x in y\n    ]\n    return a\n", 5),
    ],
)
def test_the_ruler_counts_statements_and_not_data(source: str, lines: int) -> None:
    (function,) = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    assert statement_lines(function) == lines
