"""From a failure to what happens next: by its class first, then by the node's own policy."""

from collections.abc import Mapping

from connectors.sdk import errors
from connectors.sdk.errors import Auth, Failure, NotFound, OutcomeUnknown, RateLimited, Transient
from connectors.sdk.wire import Json
from integrations.engine.outcome import Done, Fail, Outcome, Parked, Retry
from integrations.engine.plan import RetryPolicy, Step
from integrations.engine.retry import Chance, delay, exhausted

__all__ = [
    "FILTERED",
    "SUPERSEDED",
    "as_json",
    "by_policy",
    "failed_inside",
    "inner_by_policy",
    "may_be_taken",
    "outcome_of",
    "restored",
]

FILTERED = "filtered"
"""The port of a step that ends its path without having delivered anything."""

SUPERSEDED = "superseded"
"""The port recorded for a write that newer data had overtaken; its edges are those of "main"."""


def outcome_of(failure: Failure, policy: RetryPolicy, spent: int, chance: Chance) -> Outcome:
    """What a failed attempt comes to, when `spent` counting attempts came before it."""
    match failure:
        case RateLimited(retry_after=wait):
            return Retry(wait, failure, reason="rate", counts=False)
        case Auth():
            return Fail(failure, reason="reconnect")
        case Transient(retry_after=wait) if not exhausted(policy, spent + 1):
            return Retry(delay(policy, spent + 1, chance, at_least=wait), failure)
    return Fail(failure)


def by_policy(outcome: Fail, step: Step, drawn: frozenset[str]) -> Outcome:
    """Apply the step's error policy to what would wait for a person. `drawn`: the ports that have edges.

    An account to reconnect and a write that may have happened always park: going on would be a guess.
    """
    failure = outcome.failure
    if outcome.reason != "person" or not may_be_taken(failure):
        return outcome
    if isinstance(failure, NotFound) and "not_found" in drawn:
        return Done(as_json(failure), port="not_found")
    if step.on_error.action == "port":
        return Done(as_json(failure), port="error")
    if step.on_error.action == "continue":
        return Done(step.on_error.default)
    return outcome


def may_be_taken(failure: Failure) -> bool:
    """A flow may go on without what failed. It may not when a write may have happened, or the account is not accepted."""
    return not isinstance(failure, OutcomeUnknown | Auth)


def inner_by_policy(parked: Parked, step: Step) -> Done | Parked:
    """What failed inside a container, and nothing there took, is the container's failure: apply its error policy.

    It waits until nothing else inside is waiting, so that no write is left half known.
    """
    error = failed_inside(parked) if parked.only_failed else None
    if error is None or not step.on_error.takes:
        return parked
    return Done(error, port="error") if step.on_error.action == "port" else Done(step.on_error.default)


def failed_inside(parked: Parked) -> dict[str, Json] | None:
    """`{"error": {…, "node"}}` of a failure a flow may go on without; None when it may not."""
    if parked.failure is None or not may_be_taken(parked.failure):
        return None
    return {"error": {**as_json(parked.failure)["error"], "node": parked.node}}


def as_json(failure: Failure) -> dict[str, Json]:
    """What the steps behind an error port see: `{"error": {kind, code, message, pointer}}`; never the log's detail."""
    return {
        "error": {
            "kind": failure.kind,
            "code": failure.code,
            "message": failure.sentence,
            "pointer": failure.pointer,
        }
    }


_KINDS: Mapping[str, type[Failure]] = {
    kind.kind: kind for name in errors.__all__ if (kind := getattr(errors, name)) is not Failure
}


def restored(problem: Mapping[str, Json]) -> Failure | None:
    """A failure as the engine needs it, from what a journal keeps of one ({kind, code, sentence, pointer, info}).

    None for kinds that are not a connector's or a flow's: bugs.
    """
    kind = _KINDS.get(problem.get("kind", ""))
    if kind is None:
        return None
    told = {name: problem[name] for name in ("code", "pointer", "info")}
    if kind is RateLimited:
        return RateLimited(problem["sentence"], retry_after=0.0, **told)
    return kind(problem["sentence"], **told)
