"""An index of the folders' admin pages; each concept keeps its own."""

from integrations.access.admin import ApiKeyAdmin, AuditEntryAdmin, MembershipAdmin, PersonAdmin
from integrations.approvals.admin import ApprovalAdmin
from integrations.effects.admin import CrossReferenceAdmin, EffectAdmin
from integrations.failures.admin import FailureAdmin
from integrations.ingress.admin import EndpointAdmin, EventAdmin, RefusalAdmin
from integrations.mapping.admin import MappingTableAdmin
from integrations.releases.admin import ReleaseAdmin
from integrations.releases.admin_bindings import BindingAdmin
from integrations.releases.admin_environments import EnvironmentAdmin
from integrations.releases.admin_variables import VariableAdmin
from integrations.retention.admin import HoldAdmin, RetentionAdmin
from integrations.runs.admin import RunAdmin
from integrations.schedules.admin import ScheduleAdmin
from integrations.vault.admin import ConnectionAdmin

__all__ = [
    "ApiKeyAdmin",
    "ApprovalAdmin",
    "AuditEntryAdmin",
    "BindingAdmin",
    "ConnectionAdmin",
    "CrossReferenceAdmin",
    "EffectAdmin",
    "EndpointAdmin",
    "EnvironmentAdmin",
    "EventAdmin",
    "FailureAdmin",
    "HoldAdmin",
    "MappingTableAdmin",
    "MembershipAdmin",
    "PersonAdmin",
    "RefusalAdmin",
    "ReleaseAdmin",
    "RetentionAdmin",
    "RunAdmin",
    "ScheduleAdmin",
    "VariableAdmin",
]
