"""Records with the moment of their change."""

from connectors.sdk.schema import obj, text
from connectors.sdk.trigger import PollTrigger
from tests.polling.mill import page

TRIGGER = PollTrigger(
    title="Record changed",
    config=obj({"file": text("File")}, required=("file",)),
    output=obj({"id": text("Id")}, required=("id",), more=True),
    sample={"id": "a"},
    poll=page,
)
