"""E-mail threads and files of a box: metadata only. Files are Drive links; nothing can be uploaded."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.streak.sandbox.bodies import read_put, read_v2
from connectors.streak.sandbox.boxes import box_in_path
from connectors.streak.sandbox.keys import new_key
from connectors.streak.sandbox.refusals import caller, missing
from connectors.streak.sandbox.webhooks import announce

__all__ = ["ROUTES"]


def _mails(world: World, box: Record) -> tuple[list[str], list[str]]:
    """The addresses and names of the box's contacts: the people a sandbox thread is with."""
    people = [one for link in box["contacts"] if (one := world.records.get("contact", link["key"]))]
    names = [" ".join(filter(None, [one["givenName"], one["familyName"]])) for one in people]
    return [mail for one in people for mail in one["emailAddresses"]], [name for name in names if name]


def list_threads(world: World, request: Request) -> Reply:
    return Reply(world.records.find("thread", "box", box_in_path(world, request)["key"]))


def add_thread(world: World, request: Request) -> Reply:
    """Put a Gmail thread in a box; its subject is the box's name, since there is no Gmail behind this."""
    box, form = box_in_path(world, request), read_put(request, "Thread", "threadGmailId")
    now, (mails, names) = world.clock.millis(), _mails(world, box)
    thread: Record = {
        "key": new_key("Thread"),
        "boxKey": box["key"],
        "pipelineKey": box["pipelineKey"],
        "creatorKey": caller(world, request),
        "creationTimestamp": now,
        "lastUpdatedTimestamp": now,
        "lastEmailTimestamp": now,
        "lastSavedTimestamp": now,
        "subject": box["name"],
        "names": names,
        "emailAddresses": mails,
        "fileKeys": [],
        "files": [],
        "threadGmailId": form["threadGmailId"],
    }
    thread["gmailThreadKey"] = thread["key"]
    world.records.put("thread", thread["key"], thread)
    announce(world, "THREAD_ADDED_TO_BOX", box["pipelineKey"], thread, about=box["key"])
    announce(world, "BOX_NEW_EMAIL_RECEIVED", box["pipelineKey"], thread, about=box["key"])
    return Reply(thread)


def _one(world: World, request: Request, kind: str) -> Record:
    return world.records.get(kind, request.params["key"]) or missing(kind.capitalize())


def get_thread(world: World, request: Request) -> Reply:
    return Reply(_one(world, request, "thread"))


def delete_thread(world: World, request: Request) -> Reply:
    thread = _one(world, request, "thread")
    world.records.delete("thread", thread["key"])
    announce(world, "THREAD_REMOVED_FROM_BOX", thread["pipelineKey"], thread, about=thread["boxKey"])
    return Reply({"success": True})


def list_files(world: World, request: Request) -> Reply:
    return Reply(world.records.find("file", "box", box_in_path(world, request)["key"]))


def add_file(world: World, request: Request) -> Reply:
    body = read_v2(request, "driveFileId", "driveBoxKey")
    box = world.records.get("box", str(body["driveBoxKey"])) or missing("Box")
    key, user = new_key("File"), world.records.get("user", caller(world, request)) or {}
    file: Record = {
        "key": key,
        "fileKey": key,
        "boxKey": box["key"],
        "pipelineKey": box["pipelineKey"],
        "fileName": f"{body['driveFileId']}.pdf",
        "mainFileName": str(body["driveFileId"]),
        "fileType": "GOOGLE_DRIVE",
        "fileOwner": user.get("email", ""),
        "mimeType": "application/pdf",
        "size": "48213",
        "creationTimestamp": world.clock.millis(),
    }
    return Reply(world.records.put("file", key, file))


def get_file(world: World, request: Request) -> Reply:
    return Reply(_one(world, request, "file"))


ROUTES = (
    Route("GET", "/api/v1/boxes/<box>/threads", list_threads),
    Route("PUT", "/api/v1/boxes/<box>/threads", add_thread),
    Route("GET", "/api/v1/threads/<key>", get_thread),
    Route("DELETE", "/api/v1/threads/<key>", delete_thread),
    Route("GET", "/api/v1/boxes/<box>/files", list_files),
    Route("POST", "/api/v2/files", add_file),
    Route("GET", "/api/v1/files/<key>", get_file),
)
