"""An organization was made or changed: found by looking through all of them."""

from datetime import timedelta

from connectors.streak.directory_polls import directory_poll
from connectors.streak.records import ORGANIZATION

TRIGGER = directory_poll(
    "Organization made or changed",
    "organizations",
    ORGANIZATION,
    by_time=False,
    every=timedelta(minutes=30),
    help="Reads all organizations each time, because Streak can't leave out the old ones; hence seldom. Deleted ones are not seen.",
)
