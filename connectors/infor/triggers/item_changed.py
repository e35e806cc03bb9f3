"""An item was made or changed."""

from connectors.infor.changes import changed_items, changes_trigger
from connectors.infor.records import ITEM, ITEM_SAMPLE

TRIGGER = changes_trigger(
    "Item made or changed",
    "products",
    changed_items,
    record="item",
    output=ITEM,
    sample=ITEM_SAMPLE,
    help="Looks for items by their change stamp.",
)
