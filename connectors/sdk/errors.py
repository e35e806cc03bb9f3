"""The failures a connector or a flow may raise, grouped by what happens next (DESIGN §3.4).

Every failure carries a sentence for a person, a `code` for a machine and, apart from both, a redacted `detail`
for the log. Raise the class whose *recovery* fits; anything that is not a `Failure` counts as a bug.

| class             | meaning                                   | what the engine does                                   |
|-------------------|-------------------------------------------|--------------------------------------------------------|
| Transient         | it did not happen, may work later         | retry by policy                                        |
| RateLimited       | slow down                                 | park until then; no attempt is spent                   |
| Auth              | the account is not accepted               | park as "reconnect", one notice per connection         |
| Config            | nobody can succeed until a setting changes| park for a person                                      |
| Data              | this record is wrong                      | park for a person, or the node's error port            |
| NotFound, Conflict| useful to flows                           | as Data                                                |
| OutcomeUnknown    | a write may have happened                 | the effect ledger looks it up before anything is resent|
| TableMiss         | a mapping table lacks the row             | park for a person; "add row and retry"                 |
"""

from collections.abc import Mapping
from typing import Any, ClassVar

__all__ = [
    "Auth",
    "Config",
    "Conflict",
    "Data",
    "Failure",
    "NotFound",
    "OutcomeUnknown",
    "RateLimited",
    "TableMiss",
    "Transient",
]


class Failure(Exception):  # noqa: N818 - named by what it is to the user, a failure
    """Something a step could not do. `sentence` is shown to people, `code` is stable, `detail` goes to the log."""

    kind: ClassVar[str] = "bug"

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "",
        pointer: str = "",
        detail: str = "",
        info: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or self.kind
        self.pointer = pointer
        self.detail = detail
        self.info: dict[str, Any] = dict(info or {})


class Transient(Failure):
    """It certainly did not happen and may work later. `retry_after` is seconds, when the far system said so."""

    kind = "transient"

    def __init__(self, sentence: str, *, retry_after: float | None = None, **rest: Any) -> None:
        super().__init__(sentence, **rest)
        self.retry_after = retry_after


class RateLimited(Failure):
    """Slow down: come back in `retry_after` seconds. Does not count as an attempt."""

    kind = "rate_limited"

    def __init__(self, sentence: str, *, retry_after: float, **rest: Any) -> None:
        super().__init__(sentence, **rest)
        self.retry_after = retry_after


class Auth(Failure):
    """The far system does not accept this account (any more)."""

    kind = "auth"


class Config(Failure):
    """Nobody can succeed until a setting changes: an unbound slot, a missing permission, a wrong id."""

    kind = "config"


class Data(Failure):
    """This record is wrong; `pointer` (JSON pointer into the operation's input) says where."""

    kind = "data"


class NotFound(Failure):
    """The record asked for is not there."""

    kind = "not_found"


class Conflict(Failure):
    """The far system, or the effect ledger, holds something that contradicts this request."""

    kind = "conflict"


class OutcomeUnknown(Failure):
    """A write may or may not have happened: time-out after sending, a lost answer, a server error while writing."""

    kind = "outcome_unknown"


class TableMiss(Failure):
    """A mapping table has no row for this key. `info` = {"table": key, "key": [values], "column": name}."""

    kind = "table_miss"
