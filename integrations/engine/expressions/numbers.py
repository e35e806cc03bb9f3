"""Numbers on their way in: what a double can hold stays a number, everything else becomes text, exactly (DESIGN §4).

The rule itself lives in `connectors.sdk.numbers`, since connectors read the same numbers first.
"""

from decimal import Decimal

from connectors.sdk.errors import Data
from connectors.sdk.numbers import parse_json
from connectors.sdk.wire import Json

__all__ = ["exact", "load"]


def load(text: str | bytes) -> Json:
    """Parse JSON as it comes from outside. Raises `Data` for what isn't JSON, NaN and Infinity included."""
    try:
        return parse_json(text if isinstance(text, bytes) else text.encode())
    except (ValueError, RecursionError) as error:
        raise Data(f"This is not valid JSON: {error}.", code="not_json") from error


def exact(value: Json) -> Json:
    """The same for a value that is parsed already: `Decimal`s and big integers become numbers or text.

    Raises `Data` for NaN and the infinities.
    """
    if isinstance(value, dict):
        return {key: exact(part) for key, part in value.items()}
    if isinstance(value, list):
        return [exact(part) for part in value]
    if isinstance(value, Decimal) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return load(str(value).lower())
    return value
