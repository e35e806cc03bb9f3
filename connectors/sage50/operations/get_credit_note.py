"""Read one sales credit note."""

from connectors.sage50.credit_notes import CREDIT_NOTE
from connectors.sage50.records import reading

OPERATION = reading(CREDIT_NOTE, "Get a sales credit note")
