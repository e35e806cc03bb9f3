"""A contact was made or changed: found by looking."""

from datetime import timedelta

from connectors.streak.directory_polls import directory_poll
from connectors.streak.records import CONTACT

TRIGGER = directory_poll(
    "Contact made or changed",
    "contacts",
    CONTACT,
    by_time=True,
    every=timedelta(minutes=5),
    help="Looks for contacts that were saved. Works where Streak can't call, and finds what a webhook missed. Deleted ones are not"
    " seen.",
)
