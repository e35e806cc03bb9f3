"""JSON inside text, and the failure a mapping raises for what it needs and doesn't find."""

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.engine.expressions.function import Function, Parameter, wrong_argument
from integrations.engine.expressions.numbers import load

__all__ = ["DECLARED"]


def _parse_json(text: Json = None) -> Json:
    if not isinstance(text, str):
        raise wrong_argument("parseJson", "JSON text", text)
    return load(text)


def _missing(pointer: Json = "", source: Json = "") -> Json:
    name = str(pointer).rpartition("/")[2] or "The value"
    raise Data(f"{name} is missing: {source} found nothing.", code="missing_value", pointer=str(pointer))


DECLARED = (
    Function(
        name="parseJson",
        parameters=(Parameter("text", "text"),),
        returns="any",
        help="What a piece of JSON text says. Numbers too long for a double become text, exactly.",
        example=('$parseJson("{\\"a\\": 1}").a', 1),
        run=_parse_json,
    ),
    Function(
        name="missing",
        parameters=(Parameter("pointer", "text"), Parameter("what", "text", optional=True)),
        returns="any",
        help="Stops here and says that a value is missing; for the other side of a condition.",
        example=('true ? "x" : $missing("/vat_number")', "x"),
        run=_missing,
    ),
)
