"""What a Streak account has to choose from: pipelines, stages, fields; and a pipeline's fields as a schema."""

from collections.abc import Mapping, Sequence

from connectors.sdk.discovery import Choice, Discovery
from connectors.sdk.operation import Call
from connectors.sdk.schema import boolean, choice, date, items, json_value, obj, text
from connectors.sdk.wire import Json, Schema
from connectors.streak.contacts import CONTACTS
from connectors.streak.fields import Field, fields_of
from connectors.streak.organizations import ORGANIZATIONS
from connectors.streak.pipelines import pipeline_key, pipelines_of, stages_of
from connectors.streak.team_fields import team_fields
from connectors.streak.teams import team_key


def pipelines(call: Call, _given: Mapping[str, Json]) -> Sequence[Choice]:
    return [Choice(one["key"], one["name"]) for one in pipelines_of(call, fresh=True)]


def stages(call: Call, given: Mapping[str, Json]) -> Sequence[Choice]:
    found = stages_of(call, pipeline_key(call, str(given["pipeline"])), fresh=True)
    return [Choice(key, name) for key, name in found.items()]


def fields(call: Call, given: Mapping[str, Json]) -> Sequence[Choice]:
    found = fields_of(call, pipeline_key(call, str(given["pipeline"])), fresh=True)
    return [Choice(field.name, field.name, field.type) for field in found]


def box_fields(call: Call, given: Mapping[str, Json]) -> Schema:
    """The pipeline's custom fields as properties by name; formulas are marked read-only."""
    found = fields_of(call, pipeline_key(call, str(given["pipeline"])), fresh=True)
    return obj({field.name: _schema(field) for field in found}, title="Custom fields")


def contact_fields(call: Call, _given: Mapping[str, Json]) -> Schema:
    return _team_schema(call, CONTACTS.settings)


def organization_fields(call: Call, _given: Mapping[str, Json]) -> Schema:
    return _team_schema(call, ORGANIZATIONS.settings)


def _team_schema(call: Call, settings: str) -> Schema:
    """The team's custom fields of contacts or organizations as properties by name."""
    found = team_fields(call, team_key(call), settings, fresh=True)
    shown = {field.name: _schema(field) for field in found}
    tags = {field.name: text(field.name) for field in found if field.type == "TAG"}
    return obj(shown | tags, title="Custom fields")


def _schema(field: Field) -> Schema:
    labels = list(field.options.values())
    kinds: dict[str, Schema] = {
        "TEXT_INPUT": text(field.name),
        "DATE": date(field.name),
        "CHECKBOX": boolean(field.name),
        "DROPDOWN": choice(field.name, labels) if labels else text(field.name),
        "TAG": items(field.name, choice("", labels) if labels else text("")),
        "FORMULA": json_value(field.name, readOnly=True),
        "PERSON": json_value(field.name, help="An e-mail address of the team, or a list of them."),
    }
    return {**kinds.get(field.type, json_value(field.name)), "x-far-key": field.key}


DISCOVERY = Discovery(
    choices={"pipelines": pipelines, "stages": stages, "fields": fields},
    schemas={
        "box.fields": box_fields,
        "contact.fields": contact_fields,
        "organization.fields": organization_fields,
    },
    needs={"stages": ("pipeline",), "fields": ("pipeline",), "box.fields": ("pipeline",)},
)
