"""Asking the far system for what can be chosen and which fields there are, while somebody edits a flow.

A schema names a list of choices by `"x-options": "pipelines"`; what is discovered is frozen into the flow's version.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.sdk.operation import Call
from connectors.sdk.wire import Json, Schema

__all__ = ["Choice", "Discovery"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a person may pick: `value` is stored, `label` is shown, `hint` stands beside it."""

    value: str
    label: str
    hint: str = ""


Given = Mapping[str, Json]
"""What is set already on the form, such as {"pipeline": "agx…"}."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A connector's `discovery.py` ends in `DISCOVERY = Discovery(…)`.

    `choices[name](call, given)` lists what can be picked; `schemas[name](call, given)` is a JSON Schema of the fields the
    far system has now. `needs[name]` are the names in `given` that it can't do without. All raise `Failure`.
    """

    choices: Mapping[str, Callable[[Call, Given], Sequence[Choice]]] = field(default_factory=dict)
    schemas: Mapping[str, Callable[[Call, Given], Schema]] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
