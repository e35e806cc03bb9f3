"""What a run is about in money: the document it made, else what the flow's settings say it is worth."""

from decimal import Decimal, InvalidOperation

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.effects.models import Effect
from integrations.engine.expressions import compile_expression
from integrations.engine.plan import Plan
from integrations.runs.models import Run

__all__ = ["worth"]

PLACES = Decimal("0.0001")
CURRENCY_LETTERS = 3


def worth(run: Run, plan: Plan, outputs: dict[str, Json], event: Json) -> dict[str, object]:
    """`{"amount", "currency"}` for the run's row, or {} when nothing says so yet. Never fails."""
    made = Effect.objects.filter(run_number=run.pk, amount__isnull=False).order_by("-pk").first()
    if made is not None:
        return {"amount": made.amount, "currency": made.currency}
    rule = plan.settings.get("worth")
    if not rule:
        return {}
    names = {"event": event, "steps": outputs, "vars": {}}
    try:
        amount = Decimal(str(compile_expression(rule["amount"]).evaluate(names)))
        currency = compile_expression(rule["currency"]).evaluate(names)
    except (Failure, InvalidOperation, ValueError):
        return {}
    if not amount.is_finite() or not isinstance(currency, str) or len(currency) != CURRENCY_LETTERS:
        return {}
    return {"amount": amount.quantize(PLACES), "currency": currency}
