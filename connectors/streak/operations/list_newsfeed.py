"""The newest stories of a box or a pipeline. Streak gives fifty at most, whatever there is."""

from connectors.sdk.errors import Data
from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text, timestamp
from connectors.sdk.wire import Json
from connectors.streak.moments import iso
from connectors.streak.pipelines import pipeline_key

_STORY = obj(
    {
        "story_key": text("Story key"),
        "box_key": text("Box key"),
        "pipeline_key": text("Pipeline key"),
        "author_key": text("Author's user key"),
        "what": text("What happened", help="Such as NEW_BOX or EDIT_STAGE."),
        "text": text("Text"),
        "details": obj({}, title="Details", more=True),
        "at": timestamp("When", type=["string", "null"]),
    },
    required=("story_key", "box_key", "what", "text"),
)


def run(call: Call, data: Json) -> Json:
    found = call.get(_path(call, data), {"detailLevel": "ALL"})
    return {"stories": [_story(one) for one in found]}


def _path(call: Call, data: Json) -> str:
    if data.get("box_key"):
        return path_of("v1", "boxes", data["box_key"], "newsfeed")
    if data.get("pipeline"):
        return path_of("v1", "pipelines", pipeline_key(call, data["pipeline"]), "newsfeed")
    raise Data("Give a box or a pipeline.", code="nothing_to_go_by", pointer="/box_key")


def _story(story: Json) -> Json:
    return {
        "story_key": str(story.get("newsfeedItemKey") or ""),
        "box_key": str(story.get("boxKey") or ""),
        "pipeline_key": str(story.get("pipelineKey") or ""),
        "author_key": str(story.get("creatorKey") or ""),
        "what": str(story.get("newsfeedEntrySpecific") or story.get("newsfeedEntryOperation") or ""),
        "text": str(story.get("storyTextBox") or story.get("storyTextGlobal") or ""),
        "details": story.get("specificVariables") or {},
        "at": iso(story.get("timestamp")),
    }


OPERATION = Read(
    title="List the newsfeed",
    help="The newest fifty stories of a box or, without one, of a pipeline: more Streak does not give.",
    input=obj(
        {
            "box_key": text("Box key"),
            "pipeline": text("Pipeline", help="Name or key.", x_options="pipelines"),
        }
    ),
    output=obj({"stories": items("Stories", _STORY)}, required=("stories",)),
    sample={
        "stories": [
            {
                "story_key": "agxNEWS1",
                "box_key": "agxBOX1",
                "pipeline_key": "agxPIPE1",
                "author_key": "agxUSER1",
                "what": "EDIT_STAGE",
                "text": "Ana Ruiz changed the stage to Closed-Won",
                "details": {"BOX_NAME": "Acme - 40 chairs", "STAGE_KEY": "5003"},
                "at": "2026-11-21T09:30:00Z",
            }
        ]
    },
    run=run,
)
