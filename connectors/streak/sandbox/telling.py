"""Stories: what the newsfeed keeps of every change of a box."""

from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.streak.sandbox.keys import new_key

__all__ = ["tell"]

_WORDS = {
    "NEW_BOX": "made the box",
    "EDIT_STAGE": "changed the stage to {stage}",
    "EDIT_PIPELINE": "moved the box to {pipeline}",
    "EDIT_BOX": "edited the box",
}


def tell(world: World, box: Record, what: str) -> None:
    """Keep the story of a change; its author is the box's creator, since changes carry no actor inside the sandbox."""
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or {}
    author = world.records.get("user", box["creatorKey"]) or {}
    name, now = str(author.get("displayName", "")), world.clock.millis()
    stage = (pipeline.get("stages") or {}).get(box["stageKey"]) or {}
    words = _WORDS[what].format(stage=stage.get("name", ""), pipeline=pipeline.get("name", ""))
    key = new_key("Newsfeed")
    story: Record = {
        "key": key,
        "newsfeedItemKey": key,
        "boxKey": box["key"],
        "pipelineKey": box["pipelineKey"],
        "creatorKey": box["creatorKey"],
        "timestamp": now,
        "lastSavedTimestamp": now,
        "newsfeedEntryScope": "BOX",
        "newsfeedEntryOperation": "CREATE" if what == "NEW_BOX" else "EDIT",
        "newsfeedEntrySpecific": what,
        "specificVariables": {
            "BOX_NAME": box["name"],
            "PIPELINE_NAME": pipeline.get("name"),
            "STAGE_KEY": box["stageKey"],
            "STORY_AUTHOR_DISPLAY_NAME": name,
        },
        "storyTextBox": f"{name} {words}",
        "storyTextGlobal": f"{name} {words}: {box['name']}",
        "storyTextPipeline": f"{name} {words}: {box['name']}",
        "collapsedEntries": [],
        "moved": what == "EDIT_PIPELINE",
    }
    world.records.put("story", key, story)
