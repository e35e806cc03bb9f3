"""A file that is new, or has changed, in the folder."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.files.layout import FILE, FILE_SAMPLE
from connectors.sdk.operation import Call
from connectors.sdk.schema import integer, obj, text
from connectors.sdk.trigger import Arrival, Page, PollTrigger
from connectors.sdk.wire import Json

_QUIET = 10
_LONGEST_QUIET = 3_600


def poll(call: Call, config: Mapping[str, Json], since: datetime | None, _cursor: str | None) -> Page:
    """Every file that fits and has been left alone for a while. One that is still being written counts at a later sweep:
    its change lies after the beginning of this one less the overlap."""
    now = datetime.now(UTC)
    quiet = now - timedelta(seconds=config.get("quiet_seconds", _QUIET))
    arrivals = [
        _arrival(one, changed)
        for one in call.get("/files", {"pattern": config.get("pattern") or "*"})
        if (changed := datetime.fromisoformat(one["changed"])) <= quiet
        and (since is None or changed >= since)
    ]
    return Page(arrivals, None, now)


def _arrival(one: Json, changed: datetime) -> Arrival:
    return Arrival(
        key=f"{one['path']}@{one['stamp']}",
        title=one["name"],
        data={name: one[name] for name in FILE["properties"]},
        record=one["path"],
        version=one["stamp"],
        at=changed,
    )


TRIGGER = PollTrigger(
    title="File arrived",
    help="Looks for files that are new or have changed, and are not being written any more.",
    config=obj(
        {
            "pattern": text("Names", help="Such as *.csv or in/*; left out: all.", default="*"),
            "quiet_seconds": integer(
                "Left alone for so many seconds", minimum=0, maximum=_LONGEST_QUIET, default=_QUIET
            ),
        }
    ),
    output=FILE,
    sample=FILE_SAMPLE,
    poll=poll,
    overlap=timedelta(seconds=_LONGEST_QUIET + 60),
    every=timedelta(minutes=1),
    record="file",
)
