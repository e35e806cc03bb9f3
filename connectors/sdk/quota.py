"""What a far system says about the calls still allowed: Retry-After, and the quota headers in their usual spellings."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Quota", "quota_of"]

_EPOCH = 1_000_000_000.0
_EPOCH_MILLIS = 1_000_000_000_000.0
_LONGEST = 86_400.0
_STRUCTURED = re.compile(r";\s*([rt])=(\d+)")


@dataclass(frozen=True, slots=True)
class Quota:
    """`remaining` calls are allowed in the next `seconds`; `limit` is the whole allowance, 0 when not said."""

    remaining: int
    seconds: float
    limit: int = 0


def quota_of(headers: Mapping[str, str], now: float | None = None) -> Quota | None:
    """The quota in these (lower-cased) headers, or None. `now` is epoch seconds.

    Understands `X-RateLimit-Limit/-Remaining/-Reset`, `RateLimit-…` with the same endings, and the one-line
    `RateLimit: "name";r=50;t=30`. A reset may be seconds from now, or an instant in epoch seconds or milliseconds.
    """
    for prefix in ("x-ratelimit", "ratelimit", "x-rate-limit"):
        remaining = headers.get(f"{prefix}-remaining")
        if remaining is not None:
            return _spelt_out(headers, prefix, remaining, time.time() if now is None else now)
    structured = headers.get("ratelimit")
    return _one_line(structured) if structured else None


def _spelt_out(headers: Mapping[str, str], prefix: str, remaining: str, now: float) -> Quota | None:
    left, reset = _number(remaining), _number(headers.get(f"{prefix}-reset", ""))
    if left is None or reset is None:
        return None
    limit = _number(headers.get(f"{prefix}-limit", "")) or 0
    return Quota(max(int(left), 0), _from_now(reset, now), max(int(limit), 0))


def _one_line(text: str) -> Quota | None:
    found = dict(_STRUCTURED.findall(text))
    if "r" not in found or "t" not in found:
        return None
    return Quota(int(found["r"]), min(float(found["t"]), _LONGEST))


def _from_now(reset: float, now: float) -> float:
    if reset >= _EPOCH_MILLIS:
        reset /= 1000
    return min(max(reset - now if reset >= _EPOCH else reset, 0.0), _LONGEST)


def _number(text: str) -> float | None:
    """The first number of a header such as "100" or "100, 100;w=60"."""
    first = re.split(r"[,;\s]", text.strip(), maxsplit=1)[0]
    try:
        number = float(first)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
