"""The mill's list, out of its file: `{"now", "records": [{"id", "at", "text", "deleted"?}], "trouble", "kill"}`.

Pages hold three records, in the order of change; a cursor is the last record's change and id, so that nothing is skipped
however the list moves. `trouble` is a list of failures to raise, one a call; `kill` ends the process at the n-th call.
"""

import json
import os
import signal
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from connectors.sdk import errors
from connectors.sdk.operation import Call
from connectors.sdk.trigger import Arrival, CursorLost, Page, content_hash
from connectors.sdk.wire import Json

SIZE = 3


def read(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8"))


def page(_call: Call, config: Mapping[str, Json], since: datetime | None, cursor: str | None) -> Page:
    path = Path(config["file"])
    far = read(path)
    far["looks"] = [*far.get("looks", []), [since.isoformat() if since else None, cursor]]
    trouble = far.get("trouble") or []
    failure = trouble.pop(0) if trouble else None
    path.write_text(json.dumps(far), encoding="utf-8")
    if failure:
        raise _failure(failure)
    records = sorted((one for one in far["records"] if _wanted(one, since)), key=_place)
    rest = [one for one in records if _place(one) > tuple((cursor or "|").split("|"))]
    found = Page(
        [_arrival(one) for one in rest[:SIZE]],
        "|".join(_place(rest[SIZE - 1])) if len(rest) > SIZE else None,
        datetime.fromisoformat(far["now"]) if far["now"] else None,
    )
    if len(far["looks"]) == far.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    return found


def _wanted(record: Json, since: datetime | None) -> bool:
    return since is None or datetime.fromisoformat(record["at"]) >= since


def _place(record: Json) -> tuple[str, str]:
    return record["at"], record["id"]


def _arrival(record: Json) -> Arrival:
    version = f"{record['at']}:{content_hash(record)}"
    return Arrival(
        key=f"{record['id']}:{version}",
        title=record["id"],
        data=record,
        record=record["id"],
        version=version,
        at=datetime.fromisoformat(record["at"]),
        deleted=bool(record.get("deleted")),
    )


def _failure(kind: str) -> Exception:
    return {
        "transient": errors.Transient("The mill stands still."),
        "limited": errors.RateLimited("Slow down.", retry_after=90),
        "auth": errors.Auth("The mill doesn't know this key."),
        "cursor": CursorLost("The mill has forgotten the place."),
        "bug": KeyError("surprise"),
    }[kind]
