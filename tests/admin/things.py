"""What the admin's small world is made of: its flow, its deals, and the record of what was made."""

from dataclasses import dataclass, field

from django.contrib.auth.models import User

from integrations.effects.models import Effect
from integrations.failures.models import Failure
from integrations.ingress.models import Endpoint
from integrations.mapping.models import MappingTable
from integrations.releases.models import Environment, Release
from integrations.runs.models import Run
from integrations.vault.models import Connection

__all__ = ["BOX", "DEALS", "FLOW", "SECRET", "STEPS", "World"]

BOX = "agxzfm1haWxmb29nYWUyOAsSDE9yZ2FuaXphdGlvbiIKaGFybG93LnVrDAsSBENhc2UY"
"""The long part that all box keys of one team share."""
SECRET = "sk-never-shown-4711"  # noqa: S105 - what no page may show
FLOW = "closed-won-to-invoice"
STEPS = (
    ("won", "trigger", "Box moved to stage", "", ""),
    ("deal", "call", "Get deal", "streak.get_box", "crm"),
    ("is_won", "filter", "Is it won?", "", ""),
    ("organization", "call", "Get organization", "streak.get_organization", "crm"),
    ("customer", "call", "Find customer", "sage50.find_or_create_customer", "ledger"),
    ("lines", "map", "Map invoice", "", ""),
    ("invoice", "call", "Create invoice", "sage50.create_invoice", "ledger"),
    ("write_back", "call", "Write invoice id back", "streak.update_box", "crm"),
)
DEALS = (
    ("Harlow Interiors - 12 lamps", "684.00"),
    ("Grand Hotel Leeds - 60 lamps", "4350.00"),
    ("Moss & Co - lobby lights", "2918.00"),
    ("Pier Nine - 24 pendants", "2136.00"),
)


@dataclass(slots=True)
class World:
    """What was made, by name."""

    dev: Environment
    prod: Environment
    people: dict[str, User]
    release: Release
    endpoint: Endpoint
    table: MappingTable
    connections: dict[str, Connection]
    runs: dict[str, Run] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
