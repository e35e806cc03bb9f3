"""Deleting a record of Streak: one request, and a lost answer is settled by looking whether the record is gone."""

from collections.abc import Sequence

from connectors.sdk.errors import NotFound
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Standing, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import boolean, obj, text
from connectors.sdk.wire import Json, Request, Response

__all__ = ["removal", "standing_at"]


def standing_at(call: Call, path: str) -> Standing:
    """Whether the record at `path` is still there."""
    try:
        call.get(path)
    except NotFound:
        return "gone"
    return "stands"


def removal(title: str, record: str, *place: str, help: str = "") -> Write:
    """The operation that deletes the `record` ("task") whose key follows `place` ("v2", "tasks") in its path."""
    name = f"{record}_key"

    def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
        return Request("DELETE", path_of(*place, data[name]), far_id=data[name])

    def result(data: Json, _response: Response) -> Json:
        return {name: data[name], "deleted": True}

    def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
        if standing_at(call, request.path) == "stands":
            return []
        return [Match(request.far_id, {name: request.far_id, "deleted": True}, matched_by="it is gone")]

    label = f"{record.capitalize()} key"
    return Write(
        title=title,
        help=help,
        effect="delete",
        record=record,
        input=obj({name: text(label, shortest=1)}, required=(name,)),
        output=obj({name: text(label), "deleted": boolean("Deleted")}, required=(name, "deleted")),
        sample={name: "agxKEY1", "deleted": True},
        idempotency=Idempotency("lookup", scope=f"the {record}: it is looked for"),
        prepare=prepare,
        result=result,
        far_id=lambda output: str(output[name]),
        unmarked=lambda request: {"far_id": request.far_id},
        find=find,
    )
