"""What operations and far systems are called where a person reads of them; the id where nothing installed has a name for it."""

from connectors.sdk import registry

__all__ = ["operation_title", "system_title"]


def operation_title(operation_id: str) -> str:
    """`"sage50.create_invoice"` → `Create invoice · Sage 50`."""
    try:
        title = registry.operation(operation_id).title
    except KeyError:
        return operation_id
    return f"{title} · {system_title(operation_id)}"


def system_title(operation_id: str) -> str:
    """`"sage50.create_invoice"` → `Sage 50`; "the far system" when its connector is not installed."""
    connector_id = operation_id.partition(".")[0]
    try:
        return registry.connector(connector_id).title
    except KeyError:
        return "the far system"
