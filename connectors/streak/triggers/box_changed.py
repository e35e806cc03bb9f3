"""A box was made, moved or edited: found by looking, so that nothing depends on a webhook that arrives.

Streak lists the boxes of a pipeline by their last update, newest first, and page numbers shift while it is read. Deleted
boxes are in no list.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.steady import steady_page
from connectors.sdk.trigger import Arrival, Page, PollTrigger, server_clock
from connectors.sdk.wire import Json, Request, Response
from connectors.streak.pipelines import pipeline_key, stage_key
from connectors.streak.records import BOX

_SIZE = 100
_MILLISECONDS = 1000


def poll(call: Call, config: Mapping[str, Json], since: datetime | None, cursor: str | None) -> Page:
    pipeline = pipeline_key(call, str(config["pipeline"]))
    stage = {"stageKey": stage_key(call, pipeline, str(config["stage"]))} if config.get("stage") else {}
    answers: list[tuple[Response, bool]] = []

    def read(page: int) -> list[Json]:
        query = {"sortBy": "lastUpdatedTimestamp", **stage, "page": page, "limit": _SIZE}
        answer = call.send(Request("GET", path_of("v1", "pipelines", pipeline, "boxes"), query))
        boxes, more = _listed(answer.json)
        answers.append((answer, more))
        return boxes

    page = int(cursor or 0)
    boxes, before = steady_page(read, page, 0)
    answer, more = answers[0]
    floor = int(since.timestamp() * _MILLISECONDS) if since else 0
    older = any(_stamp(box) < floor for box in boxes)
    found = [_arrival(box) for box in (*before, *boxes) if _stamp(box) >= floor]
    return Page(found, None if older or not more else str(page + 1), server_clock(answer))


def _listed(answer: Json) -> tuple[list[Json], bool]:
    """Streak gives a bare array or {results, hasNextPage}: its documents say the one, its users see the other."""
    if isinstance(answer, dict):
        boxes = list(answer.get("results") or [])
        return boxes, bool(boxes) and answer.get("hasNextPage", len(boxes) == _SIZE) is not False
    return list(answer), len(answer) >= _SIZE


def _stamp(box: Json) -> int:
    return int(box.get("lastUpdatedTimestamp") or 0)


def _arrival(box: Json) -> Arrival:
    key, stamp = str(box.get("key") or box["boxKey"]), _stamp(box)
    return Arrival(
        key=f"{key}:{stamp}:CHANGED",
        title=str(box.get("name") or key),
        data={**box, "key": key},
        record=key,
        version=str(stamp),
        at=datetime.fromtimestamp(stamp / _MILLISECONDS, UTC),
    )


TRIGGER = PollTrigger(
    record="box",
    title="Box made or changed",
    help="Looks for boxes that were made, moved to another stage or edited. Works where Streak can't call, and finds what a"
    " webhook missed.",
    config=obj(
        {
            "pipeline": text("Pipeline", help="Name or key.", shortest=1, x_options="pipelines"),
            "stage": text("Stage", help="Name or key: only boxes that are in it now.", x_options="stages"),
        },
        required=("pipeline",),
    ),
    output=BOX.schema,
    sample=BOX.sample,
    poll=poll,
)
