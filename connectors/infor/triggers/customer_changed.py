"""A customer was made or changed."""

from connectors.infor.changes import changed_customers, changes_trigger
from connectors.infor.customers import CUSTOMER, CUSTOMER_SAMPLE

TRIGGER = changes_trigger(
    "Customer made or changed",
    "customers",
    changed_customers,
    record="customer",
    output=CUSTOMER,
    sample=CUSTOMER_SAMPLE,
    help="Looks for customers by their change stamp.",
)
