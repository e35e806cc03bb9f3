"""Webhook registrations, and the queue of what they are to be told."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.sandbox.traffic import Exchange
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import read_v2
from connectors.streak.sandbox.keys import new_key
from connectors.streak.sandbox.members import team_in_path
from connectors.streak.sandbox.refusals import caller, missing, refuse

__all__ = ["PIPELINE_EVENTS", "ROUTES", "TEAM_EVENTS", "announce", "announce_at", "send_again", "send_lost"]

PIPELINE_EVENTS = (
    "BOX_CREATE",
    "BOX_DELETE",
    "BOX_EDIT",
    "BOX_CHANGE_STAGE",
    "BOX_CHANGE_PIPELINE",
    "BOX_NEW_EMAIL_ADDRESS",
    "BOX_NEW_EMAIL_RECEIVED",
    "STAGE_CREATE",
    "COMMENT_CREATE",
    "MEETING_CREATE",
    "MEETING_UPDATE",
    "TASK_CREATE",
    "TASK_COMPLETE",
    "TASK_DUE",
    "THREAD_ADDED_TO_BOX",
    "THREAD_REMOVED_FROM_BOX",
)
TEAM_EVENTS = tuple(
    f"{kind}_{verb}" for kind in ("CONTACT", "ORG") for verb in ("CREATE", "UPDATE", "DELETE")
)
LAST = "last"


def announce_at(world: World, event: str, scope: str, entity: Json, about: str, due: int) -> None:
    """Have `event` told at `due` (epoch ms) to whoever listens already; replaces what was to be told about this record."""
    for waiting in world.records.find("delivery", "about", about):
        if waiting["event"] == event and not waiting["attempts"]:
            world.records.delete("delivery", waiting["key"])
    for webhook in world.records.find("webhook", "scope", scope) if due > 0 else ():
        if webhook["event"] == event:
            _put(world, _delivery(webhook, [entity], about), due)


def announce(world: World, event: str, scope: str, entity: Json, about: str = "") -> None:
    """Queue a delivery to every webhook for `event` of a pipeline or team, in the transaction in progress.

    `about` is the key of the record it is about: deliveries about one record keep their order unless a fault says so.
    """
    for webhook in world.records.find("webhook", "scope", scope):
        if webhook["event"] == event:
            _queue(world, webhook, [entity], about)


def send_again(world: World, times: int) -> int:
    """Queue the last announced delivery `times` more times, whatever became of it; returns how many were queued."""
    last = world.records.get("last_delivery", LAST)
    if last is None:
        return 0
    for _ in range(times):
        _put(world, last, due=world.clock.millis())
    return times


def send_lost(world: World) -> int:
    """Queue every delivery that the fault "drop" has lost so far; returns how many there were."""
    lost = world.records.all("lost_delivery")
    for delivery in lost:
        world.records.delete("lost_delivery", delivery["key"])
        _put(world, delivery, due=world.clock.millis())
    return len(lost)


def _queue(world: World, webhook: Record, body: Json, about: str) -> None:
    now = world.clock.millis()
    delivery = _delivery(webhook, body, about)
    world.records.put("last_delivery", LAST, delivery)
    if world.faults.claim("drop"):
        world.traffic.add(Exchange("streak", "HOOK", webhook["event"], 0, 0, now, "drop", about))
        key = f"{world.records.next_number('lost_delivery'):012d}"
        world.records.put("lost_delivery", key, delivery | {"key": key})
        return
    delay = world.faults.claim("delay")
    waiting = any(one["held"] for one in world.records.find("delivery", "about", about))
    swap = None if waiting or delay else world.faults.claim("reorder")
    due = now + (delay.millis if delay else swap.millis if swap else 0)
    _put(world, delivery | {"held": bool(swap)}, due)
    if world.faults.claim("duplicate"):
        _put(world, delivery, due)


def _delivery(webhook: Record, body: Json, about: str) -> Record:
    return {
        "webhook": webhook["key"],
        "url": webhook["targetUrl"],
        "token": webhook["token"],
        "event": webhook["event"],
        "about": about,
        "body": body,
        "attempts": 0,
        "held": False,
    }


def _put(world: World, delivery: Record, due: int) -> None:
    number = world.records.next_number("delivery")
    key = f"{number:012d}"
    world.records.put("delivery", key, delivery | {"key": key, "due": due})
    world.wake(key)


def _view(webhook: Record) -> Json:
    return {name: value for name, value in webhook.items() if name != "token" and value is not None}


def create(world: World, request: Request) -> Reply:
    body = read_v2(request, "event", "targetUrl")
    pipeline = request.query("pipelineKey") or request.params.get("pipeline") or body.get("pipelineKey")
    team = request.query("teamKey") or body.get("teamKey")
    if bool(pipeline) == bool(team):
        refuse("Exactly one of pipelineKey and teamKey is needed")
    if body["event"] not in (PIPELINE_EVENTS if pipeline else TEAM_EVENTS):
        refuse("Invalid webhook event")
    if not str(body["targetUrl"]).startswith(("http://", "https://")):
        refuse("Invalid targetUrl")
    if world.records.get("pipeline" if pipeline else "team", str(pipeline or team)) is None:
        missing("Pipeline" if pipeline else "Team")
    now = world.clock.millis()
    webhook: Record = {
        "key": new_key("Webhook"),
        "event": body["event"],
        "targetUrl": body["targetUrl"],
        "token": body.get("token"),
        "pipelineKey": pipeline or None,
        "teamKey": team or None,
        "userKey": caller(world, request),
        "creationDate": now,
        "lastSavedTimestamp": now,
    }
    return Reply(_view(world.records.put("webhook", webhook["key"], webhook)))


def _in_path(world: World, request: Request) -> Record:
    return world.records.get("webhook", request.params["webhook"]) or missing("Webhook")


def get(world: World, request: Request) -> Reply:
    return Reply(_view(_in_path(world, request)))


def edit(world: World, request: Request) -> Reply:
    webhook, body = _in_path(world, request), read_v2(request)
    changed = {name: body[name] for name in ("event", "targetUrl", "token") if name in body}
    stamp = {"lastSavedTimestamp": world.clock.millis()}
    return Reply(_view(world.records.put("webhook", webhook["key"], webhook | changed | stamp)))


def delete(world: World, request: Request) -> Reply:
    webhook = _in_path(world, request)
    world.records.delete("webhook", webhook["key"])
    for delivery in world.records.find("delivery", "webhook", webhook["key"]):
        world.records.delete("delivery", delivery["key"])
    return Reply({"success": True})


def list_of_pipeline(world: World, request: Request) -> Reply:
    if world.records.get("pipeline", request.params["pipeline"]) is None:
        missing("Pipeline")
    return Reply([_view(one) for one in world.records.find("webhook", "scope", request.params["pipeline"])])


def list_of_team(world: World, request: Request) -> Reply:
    team = team_in_path(world, request)
    return Reply([_view(one) for one in world.records.find("webhook", "scope", team["key"])])


ROUTES = (
    Route("POST", "/api/v2/webhooks", create),
    Route("POST", "/api/v2/pipelines/<pipeline>/webhooks", create),
    Route("GET", "/api/v2/pipelines/<pipeline>/webhooks", list_of_pipeline),
    Route("GET", "/api/v2/teams/<team>/webhooks", list_of_team),
    Route("GET", "/api/v2/webhooks/<webhook>", get),
    Route("POST", "/api/v2/webhooks/<webhook>", edit),
    Route("DELETE", "/api/v2/webhooks/<webhook>", delete),
)
