"""What a step sees while it executes: names for its expressions, its inputs, and the way to say what it works on."""

from collections.abc import Mapping
from typing import Any

from connectors.sdk.wire import Json
from integrations.engine.expressions import MISSING, compile_expression, resolve
from integrations.engine.journal import Entry
from integrations.engine.journey import Journey
from integrations.engine.long_list import LongList
from integrations.engine.node import Context

__all__ = ["Scope"]


class Scope:
    """The `StepScope` of one attempt. `names` are the expression names, shared with the walk and never written here."""

    __slots__ = ("_journey", "_names", "_node", "attempt", "begun", "inputs", "path")

    def __init__(
        self,
        path: str,
        node: str,
        attempt: int,
        journey: Journey,
        names: Mapping[str, Json],
        inputs: Mapping[str, Json],
    ) -> None:
        self.path = path
        self.attempt = attempt
        self.begun = False
        self.inputs = inputs
        self._names = names
        self._node = node
        self._journey = journey

    @property
    def context(self) -> Context:
        return self._journey.context

    @property
    def event(self) -> Json:
        return self._names.get("event")

    @property
    def before(self) -> Entry | None:
        return self._journey.journal.last(self.path)

    def begin(self, input: Json) -> None:
        if not self.begun:
            self._journey.journal.begin(self.path, node=self._node, attempt=self.attempt, input=input)
            self.begun = True

    def evaluate(self, source: str, extra: Mapping[str, Json] | None = None) -> Json:
        names = {**self._names, **extra} if extra else self._names
        result = compile_expression(source).evaluate(names, self._journey.context)
        return None if result is MISSING else result

    def items(self, source: str) -> list[Json] | LongList:
        return compile_expression(source).list_of(self._names, self._journey.context)

    def resolve(self, value: Json) -> Json:
        return resolve(value, self._found)

    def _found(self, source: str) -> Any:
        return compile_expression(source).evaluate(self._names, self._journey.context)
