"""What is wrong with a flow, and where: `compile` returns every problem at once."""

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `node` is "" for the whole flow; `pointer` is a JSON pointer into that node (or the document)."""

    code: str
    message: str
    node: str = ""
    pointer: str = ""
    severity: Literal["error", "warning"] = "error"
    params: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "node": self.node,
            "pointer": self.pointer,
            "severity": self.severity,
            "params": self.params,
        }
