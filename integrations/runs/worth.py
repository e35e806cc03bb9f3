"""What a run is about in money: the document it made, else what the flow's settings say it is worth."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.effects.models import Effect
from integrations.engine.expressions import compile_expression
from integrations.releases.plans import settings_of
from integrations.runs.journal import RunJournal
from integrations.runs.models import Run

__all__ = ["NOTHING_KNOWN", "Worth", "worth"]

PLACES = Decimal("0.0001")
CURRENCY_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Worth:
    """An amount and its currency; None and "" as long as nothing says so."""

    amount: Decimal | None = None
    currency: str = ""


NOTHING_KNOWN = Worth()


def worth(run: Run, journal: RunJournal, event: Json) -> Worth:
    """What the run's row should say. Never fails."""
    made = _made(run, journal)
    if made is not None:
        return made
    rule = settings_of(run.release_id).get("worth")
    if not rule:
        return NOTHING_KNOWN
    names = {"event": event, "steps": journal.outputs(), "vars": {}}
    try:
        amount = Decimal(str(compile_expression(rule["amount"]).evaluate(names)))
        currency = compile_expression(rule["currency"]).evaluate(names)
    except (Failure, InvalidOperation, ValueError):
        return NOTHING_KNOWN
    if not amount.is_finite() or not isinstance(currency, str) or len(currency) != CURRENCY_LETTERS:
        return NOTHING_KNOWN
    return Worth(amount.quantize(PLACES), currency)


def _made(run: Run, journal: RunJournal) -> Worth | None:
    """The last document this run made; asked of the database only when another process may have made it."""
    if journal.document is not None:
        return Worth(Decimal(journal.document["amount"]), journal.document.get("currency", ""))
    if not journal.has_a_past:
        return None
    effects = Effect.objects.filter(run_id=run.pk, amount__isnull=False).order_by("-pk")
    found = effects.values_list("amount", "currency").first()
    return Worth(*found) if found else None
