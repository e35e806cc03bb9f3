"""Version ranges such as ">=1.2,<2", as bundles state them for connectors."""

import re

__all__ = ["satisfies", "valid_range"]

_PART = re.compile(r"(>=|<=|==|>|<)\s*(\d+(?:\.\d+){0,2})")


def satisfies(version: str, versions: str) -> bool:
    """Whether "1.4.0" lies in ">=1.2,<2". An empty range takes any version. Raises `ValueError` for no range."""
    have = _numbers(version)
    return all(_holds(have, *part) for part in _parts(versions))


def valid_range(versions: str) -> bool:
    """Whether the text is a range."""
    try:
        _parts(versions)
    except ValueError:
        return False
    return True


def _parts(versions: str) -> list[tuple[str, tuple[int, ...]]]:
    parts = []
    for text in filter(None, (part.strip() for part in versions.split(","))):
        found = _PART.fullmatch(text)
        if found is None:
            raise ValueError(f"{versions!r} is not a range of versions")
        parts.append((found[1], _numbers(found[2])))
    return parts


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in version.split(".")]
    return tuple(numbers + [0] * (3 - len(numbers)))


def _holds(have: tuple[int, ...], sign: str, wanted: tuple[int, ...]) -> bool:
    return {
        ">=": have >= wanted,
        "<=": have <= wanted,
        "==": have == wanted,
        ">": have > wanted,
        "<": have < wanted,
    }[sign]
