"""What waits on each failure: how many parked runs, and how much money, by currency."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count

from integrations.failures.models import Failure
from integrations.runs.lane_facts import held_up
from integrations.runs.models import Run

__all__ = ["Stake", "with_stakes"]


@dataclass(slots=True)
class Stake:
    """A failure with what waits on it. `money` is exact, the largest sum first; `blocks` counts the runs that wait for their
    turn behind those that are parked."""

    failure: Failure
    parked: int = 0
    blocks: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)

    @property
    def weight(self) -> tuple[Decimal, int]:
        """What sorts the inbox: money first, then runs."""
        return (max(self.money.values(), default=Decimal(0)), self.parked)


def with_stakes(failures: Iterable[Failure]) -> list[Stake]:
    """Each failure with its parked runs, their amounts and what they hold up, in two queries."""
    stakes = {failure.pk: Stake(failure) for failure in failures}
    rows = (
        Run.objects.filter(failure_id__in=list(stakes), state=Run.State.PARKED)
        .order_by()
        .values_list("failure_id", "currency", "amount")
        .annotate(runs=Count("pk"))
    )
    for failure_id, currency, amount, runs in rows:
        stake = stakes[failure_id]
        stake.parked += runs
        if amount is not None:
            stake.money[currency] = stake.money.get(currency, Decimal(0)) + amount * runs
    for failure_id, others in held_up(list(stakes)).items():
        stakes[failure_id].blocks = others
    for stake in stakes.values():
        stake.money = dict(sorted(stake.money.items(), key=lambda item: (-item[1], item[0])))
    return list(stakes.values())
