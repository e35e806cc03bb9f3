"""An index of the folders' admin pages; each concept keeps its own."""

from integrations.access.admin import ApiKeyAdmin, AuditEntryAdmin, MembershipAdmin, PersonAdmin
from integrations.effects.admin import CrossReferenceAdmin, EffectAdmin
from integrations.failures.admin import FailureAdmin
from integrations.ingress.admin import EndpointAdmin, EventAdmin, RefusalAdmin
from integrations.mapping.admin import MappingTableAdmin
from integrations.releases.admin import ReleaseAdmin
from integrations.runs.admin import RunAdmin
from integrations.vault.admin import ConnectionAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEntryAdmin",
    "ConnectionAdmin",
    "CrossReferenceAdmin",
    "EffectAdmin",
    "EndpointAdmin",
    "EventAdmin",
    "FailureAdmin",
    "MappingTableAdmin",
    "MembershipAdmin",
    "PersonAdmin",
    "RefusalAdmin",
    "ReleaseAdmin",
    "RunAdmin",
]
