"""An index of the folders' models; each concept keeps its own."""

from integrations.access.models import ApiKey, AuditEntry, Membership, SignInFailure
from integrations.api.models import KeptAnswer
from integrations.approvals.models import Approval
from integrations.dedupe.models import SeenKey
from integrations.effects.models import CrossReference, Effect, EffectKey, FieldPosition, Undoing
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Endpoint, Event, Refusal
from integrations.limits.models import Breaker, RateBucket, Reservation
from integrations.lists.models import ListPage
from integrations.mapping.models import MappingRow, MappingTable, RowChange
from integrations.payloads.models import DataKey, Payload
from integrations.polling.models import Backfill, PollState
from integrations.releases.models import Binding, Environment, Release, Variable
from integrations.retention.models import Hold, Remainder, RetentionMark
from integrations.runs.models import Exchange, Lane, Run, StepEntry
from integrations.schedules.models import Schedule, ScheduleDue
from integrations.tasks.models import Drain, Sweeper
from integrations.vault.models import Connection

__all__ = [
    "ApiKey",
    "Approval",
    "AuditEntry",
    "Backfill",
    "Binding",
    "Breaker",
    "Connection",
    "CrossReference",
    "DataKey",
    "Drain",
    "Effect",
    "EffectKey",
    "Endpoint",
    "Environment",
    "Event",
    "Exchange",
    "Failure",
    "FieldPosition",
    "Hold",
    "KeptAnswer",
    "Lane",
    "ListPage",
    "MappingRow",
    "MappingTable",
    "Membership",
    "Occurrence",
    "Payload",
    "PollState",
    "RateBucket",
    "Refusal",
    "Release",
    "Remainder",
    "Reservation",
    "RetentionMark",
    "RowChange",
    "Run",
    "Schedule",
    "ScheduleDue",
    "SeenKey",
    "SignInFailure",
    "StepEntry",
    "Sweeper",
    "Undoing",
    "Variable",
]
