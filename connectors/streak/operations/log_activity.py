"""Log what happened at a box: as a comment, a task, a call or a meeting."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.sdk.errors import Data
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Standing, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import choice, obj, text, timestamp
from connectors.sdk.wire import Json, Request, Response
from connectors.streak.activities import COMMENTS, MEETINGS, TASKS, Activity
from connectors.streak.meetings import KINDS, MEETING_INPUT, meeting_body
from connectors.streak.moments import iso
from connectors.streak.removal import standing_at
from connectors.streak.tasks import TASK_INPUT, task_body

_ACTIVITIES: Mapping[str, Activity] = {
    "comment": COMMENTS,
    "task": TASKS,
    **dict.fromkeys(KINDS, MEETINGS),
}


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    activity = _ACTIVITIES[data["kind"]]
    return activity.to_add(data["box_key"], data["text"], mark, _body(activity, data))


def result(_data: Json, response: Response) -> Json:
    return _output(response.json)


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """By the mark, among the box's activities of the kind that was sent."""
    activity = next(one for one in _ACTIVITIES.values() if request.path.endswith(f"/{one.plural}"))
    return [replace(one, output=_output(one.output)) for one in activity.added(call, request, mark)]


def standing(call: Call, far_id: str) -> Standing:
    """A key doesn't say of which kind it is, so each is asked."""
    plurals = (COMMENTS.plural, TASKS.plural, MEETINGS.plural)
    found = any(standing_at(call, path_of("v2", one, far_id)) == "stands" for one in plurals)
    return "stands" if found else "gone"


def unmarked(request: Request) -> Json:
    activity = next(one for one in _ACTIVITIES.values() if one.words in request.json)
    return activity.unmarked(request)


def _body(activity: Activity, data: Json) -> dict[str, Json]:
    if activity is COMMENTS:
        return {}
    if activity is TASKS:
        return task_body(data)
    if not data.get("started_at"):
        raise Data(
            "A call or meeting needs the time it started.", code="start_missing", pointer="/started_at"
        )
    return meeting_body(data)


def _output(record: Json) -> Json:
    """What Streak made, told apart by the field that only this kind has."""
    if "meetingType" in record:
        kind = next(name for name, theirs in KINDS.items() if theirs == record["meetingType"])
    else:
        kind = "comment" if "message" in record else "task"
    return {
        "activity_key": str(record["key"]),
        "kind": kind,
        "box_key": str(record.get("boxKey") or ""),
        "made_at": iso(record.get(_ACTIVITIES[kind].made)),
    }


OPERATION = Write(
    title="Log an activity",
    help="Such as “Order 4711 created in the ERP”. The text carries a short mark, by which one whose confirmation was lost is"
    " recognised.",
    effect="append",
    record="activity",
    input=obj(
        {
            "box_key": text("Box key", shortest=1),
            "kind": choice("As a", list(_ACTIVITIES)),
            "text": text("Text", shortest=1, longest=10_000),
            **TASK_INPUT,
            "started_at": MEETING_INPUT["started_at"],
            "minutes": MEETING_INPUT["minutes"],
        },
        required=("box_key", "kind", "text"),
    ),
    output=obj(
        {
            "activity_key": text("Key"),
            "kind": choice("Kind", list(_ACTIVITIES)),
            "box_key": text("Box key"),
            "made_at": timestamp("Made", type=["string", "null"]),
        },
        required=("activity_key", "kind"),
    ),
    sample={
        "activity_key": "agxCOMM1",
        "kind": "comment",
        "box_key": "agxBOX1",
        "made_at": "2026-11-21T09:30:05Z",
    },
    idempotency=Idempotency("marker", scope="the activities of that kind of the box"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["activity_key"]),
    unmarked=unmarked,
    find=find,
    standing=standing,
)
