"""Read one service."""

from connectors.sage50.items import SERVICE
from connectors.sage50.records import reading

OPERATION = reading(SERVICE, "Get a service")
