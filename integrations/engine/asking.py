"""A question to a person, what was answered, and what a step learns of a key it meets: the words nodes and runtime share."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from connectors.sdk.wire import Json, Schema

__all__ = ["Answered", "Question", "Sighting"]


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked. `form` is the JSON Schema of the answer, `who` the role that decides, `within` the time to
    do so (None = no end). `anew`: an earlier decision of this step went to a person as a failure, so it is asked again.
    """

    title: str
    message: str
    form: Schema
    who: str
    within: timedelta | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a question: the answer, who gave it, when, and a note. Nobody (`by` = "") when it expired."""

    decision: Literal["approved", "rejected", "expired"]
    at: datetime
    by: str = ""
    answer: Json = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of a key: `first` = this step met it first. `run` and `at` say who did, and when."""

    first: bool
    run: int
    at: datetime
