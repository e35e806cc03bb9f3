"""Finding node types: a file that ends in `NODE = …` is one, and no list is edited."""

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from integrations.engine.node import NodeType

__all__ = ["discover_nodes"]


def discover_nodes(extra_roots: Iterable[Path] = ()) -> dict[str, NodeType]:
    """Every `NODE` in the files of `integrations/nodes/` and of the extra folders, by id, in the order of ids.

    Raises `LookupError` for a file without `NODE`, or two files with the same node id.
    """
    own = Path(__file__).parent.parent / "nodes"
    found: dict[str, NodeType] = {}
    for root in (own, *extra_roots):
        for file in sorted(root.glob("[a-z]*.py")):
            node = _node_of(_module(file, own))
            if node.id in found:
                raise LookupError(f"Two files declare the node type {node.id}; one of them is {file}")
            found[node.id] = node
    return dict(sorted(found.items()))


def _module(file: Path, own: Path) -> ModuleType:
    if file.parent == own:
        return importlib.import_module(f"integrations.nodes.{file.stem}")
    name = f"integrations_extra_nodes_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise LookupError(f"{file} can't be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _node_of(module: ModuleType) -> NodeType:
    node: NodeType | None = getattr(module, "NODE", None)
    if node is None:
        raise LookupError(f"{module.__file__} declares no NODE")
    return node
