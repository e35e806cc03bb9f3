"""Set-up answers: checked against the questions and the environment, then turned into bindings, variables and flow values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.sdk.wire import Json
from designer.bundles.bundle import Bundle, BundleRefused, Issue
from designer.bundles.places import placed
from integrations.releases.models import Binding, Environment, Variable
from integrations.vault.models import Connection

__all__ = ["Settled", "settle"]


@dataclass(slots=True)
class Settled:
    """What the answers mean: slot → connection, variable → value, flow key → its graph with the answers in it."""

    slots: dict[str, Connection] = field(default_factory=dict)
    variables: dict[str, Json] = field(default_factory=dict)
    flows: dict[str, Json] = field(default_factory=dict)


def settle(bundle: Bundle, environment: Environment, answers: Mapping[str, str]) -> Settled:
    """Check every answer. What isn't answered keeps what the environment has, or the question's default.

    Raises `BundleRefused` with everything that is wrong or missing.
    """
    issues = list(_unknown(bundle, answers))
    settled = Settled(flows=dict(bundle.flows))
    has = _Has(environment)
    for question in bundle.questions:
        given = answers.get(question["key"]) or has.answer(question["writes"]) or question.get("default", "")
        problem = _problem(question, given, environment)
        if problem:
            issues.append(Issue("setup.json", f"/{question['key']}", *problem))
        else:
            _apply(settled, question, given, environment)
    if issues:
        raise BundleRefused(issues)
    return settled


class _Has:
    """What the environment holds already for slots and variables."""

    def __init__(self, environment: Environment) -> None:
        bindings = Binding.objects.filter(environment=environment)
        self._slots = dict(bindings.values_list("slot", "connection__key"))
        self._variables = dict(Variable.objects.filter(environment=environment).values_list("key", "value"))

    def answer(self, writes: Mapping[str, Any]) -> str:
        if writes["to"] == "slot":
            return str(self._slots.get(writes["slot"], ""))
        return str(self._variables.get(writes.get("variable", ""), ""))


def _unknown(bundle: Bundle, answers: Mapping[str, str]) -> Iterator[Issue]:
    known = {question["key"] for question in bundle.questions}
    for key in sorted(set(answers) - known):
        yield Issue("setup.json", f"/{key}", "unknown_question", f"There is no question “{key}”.")


def _problem(question: Mapping[str, Any], given: str, environment: Environment) -> tuple[str, str] | None:
    """(code, sentence) of what is wrong with an answer."""
    title = question["title"]
    if not given:
        return "unanswered", f"Not answered yet: {title}"
    if question["type"] == "connection":
        return _connection_problem(question, given, environment)
    if question["type"] == "choice" and given not in {choice["value"] for choice in question["choices"]}:
        return "not_a_choice", f"{title} “{given}” is not one of the choices."
    if question["type"] == "time_zone" and not _is_zone(given):
        return "not_a_zone", f"{title} “{given}” is not a time zone such as Europe/London."
    return None


def _connection_problem(
    question: Mapping[str, Any], given: str, environment: Environment
) -> tuple[str, str] | None:
    connection = Connection.objects.filter(environment=environment, key=given).first()
    if connection is None:
        return "no_connection", f"{environment.name} has no connection “{given}”."
    wanted = question.get("connector", "")
    if wanted and connection.connector != wanted:
        return "other_connector", f"{question['title']} “{given}” is a connection to {connection.connector}."
    return None


def _apply(settled: Settled, question: Mapping[str, Any], given: str, environment: Environment) -> None:
    writes = question["writes"]
    if writes["to"] == "slot":
        settled.slots[writes["slot"]] = Connection.objects.get(environment=environment, key=given)
    elif writes["to"] == "variable":
        settled.variables[writes["variable"]] = given
    else:
        settled.flows[writes["flow"]] = placed(settled.flows[writes["flow"]], writes["pointer"], given)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
