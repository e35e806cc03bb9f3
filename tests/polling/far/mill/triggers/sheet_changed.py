"""The same records as a source that knows only days gives them: told apart by their content."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from connectors.sdk.operation import Call
from connectors.sdk.schema import obj, text
from connectors.sdk.trigger import Page, PollTrigger, content_hash
from connectors.sdk.wire import Json
from tests.polling.mill import page


def by_day(call: Call, config: Mapping[str, Json], since: datetime | None, cursor: str | None) -> Page:
    found = page(call, config, since, cursor)
    sheets = []
    for one in found.arrivals:
        assert one.at is not None
        day, content = one.at.date().isoformat(), content_hash(one.data["text"])
        at = one.at.replace(hour=0, minute=0, second=0)
        sheets.append(replace(one, key=f"{one.record}:{day}:{content}", version=content, at=at))
    return replace(found, arrivals=sheets)


TRIGGER = PollTrigger(
    title="Sheet changed",
    config=obj({"file": text("File")}, required=("file",)),
    output=obj({"id": text("Id")}, required=("id",), more=True),
    sample={"id": "a"},
    poll=by_day,
    granularity="day",
)
