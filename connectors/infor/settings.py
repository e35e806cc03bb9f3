"""What a person sets on a connection to Infor besides the `.ionapi` file, and how the code reads it."""

from collections.abc import Mapping

from connectors.sdk.errors import Config
from connectors.sdk.schema import choice, obj, text
from connectors.sdk.wire import Json

__all__ = ["SETTINGS", "erp_of", "setting"]

SETTINGS = obj(
    {
        "erp": choice("ERP", ["m3", "csi"], help="Which Infor ERP this tenant runs.", default="m3"),
        "company": text("Company", help="M3: CONO. Empty takes the service user's own.", longest=3),
        "division": text("Division", help="M3: DIVI. Empty takes the service user's own.", longest=3),
        "facility": text("Facility", help="M3: FACI of new orders.", longest=3),
        "warehouse": text("Warehouse", help="Of new orders and of stock, when a step names none.", longest=4),
        "order_type": text("Order type", help="M3: ORTP of new orders.", longest=3),
        "customer_template": text("Customer template", help="M3: the customer new ones are made after.", longest=10),
        "configuration": text("Configuration", help="CSI: such as ACME_PRD_MAIN.", longest=60),
        "logical_id": text("Logical id", help="Of our ION connection point, such as lid://infor.ims.interlock."),
    }
)  # fmt: skip


def erp_of(settings: Mapping[str, Json]) -> str:
    """ "m3" or "csi"."""
    return "csi" if settings.get("erp") == "csi" else "m3"


def setting(settings: Mapping[str, Json], name: str) -> str:
    """A setting that is needed. Raises `Config` naming it."""
    value = str(settings.get(name) or "").strip()
    if not value:
        title = SETTINGS["properties"][name]["title"]
        raise Config(
            f"Set “{title}” on the Infor connection: this step needs it.",
            code="setting_missing",
            pointer=f"/{name}",
        )
    return value
