"""How a function of the expression language is declared."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.sdk.errors import Data

__all__ = ["Function", "Parameter", "wrong_argument"]

Kind = Literal["decimal", "money", "text", "number", "boolean", "date", "list", "any"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument. `optional` ones may be left out from the right; `many` takes all the rest."""

    name: str
    kind: Kind
    optional: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """`run` gets plain JSON and gives plain JSON; a contextual one gets the step's `Context` (or None) first.

    `example` is (expression, result). A `returns` of "decimal" or "money" makes the result fit for an `x-decimal` field.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: Kind
    help: str
    example: tuple[str, Any]
    run: Callable[..., Any] = field(repr=False)
    contextual: bool = False

    @property
    def signature(self) -> str:
        """As people read it: `$roundMoney(amount, places?, mode?)`."""
        names = (f"{p.name}{'…' if p.many else ''}{'?' if p.optional else ''}" for p in self.parameters)
        return f"${self.name}({', '.join(names)})"

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "signature": self.signature,
            "parameters": [
                {"name": p.name, "type": p.kind, "optional": p.optional, "many": p.many}
                for p in self.parameters
            ],
            "returns": self.returns,
            "help": self.help,
            "example": {"expression": self.example[0], "result": self.example[1]},
        }


def wrong_argument(function: str, wanted: str, got: object) -> Data:
    """The failure of a function that got something it can't use."""
    shown = "nothing" if got is None else repr(got)[:60]
    return Data(
        f"${function} needs {wanted}, but got {shown}.", code="function_argument", info={"function": function}
    )
