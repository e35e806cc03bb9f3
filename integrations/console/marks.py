"""How things look in a cell: badges with icon and word, instants, durations, money. Everything returned is safe HTML."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

__all__ = [
    "Look",
    "ago",
    "badge",
    "day",
    "duration",
    "icon",
    "instant",
    "local",
    "money",
    "money_text",
    "short",
    "shortened",
    "status",
]

_CENT = Decimal("0.01")
_LONG_PART = re.compile(r"[A-Za-z0-9_-]{17,}")
_LONGEST_KEY, _HEAD, _TAIL = 48, 6, 4
_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000


class Look(NamedTuple):
    """A state as it is shown: `tone` is ok, warn, bad, info or "" (neutral); never colour alone, always icon and word."""

    tone: str
    icon: str
    word: str


def icon(name: str, size: str = "") -> SafeString:
    """An icon of our sprite, hidden from screen readers. `size` is "" (16 px), "s" (14) or "l" (20)."""
    return format_html(
        '<svg class="i {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        size,
        static("interlock/icons.svg"),
        name,
    )


def badge(look: Look, hint: str = "") -> SafeString:
    """A filled badge; `hint` is shown on hover."""
    return format_html(
        '<span class="badge {}" title="{}">{} {}</span>', look.tone, hint, icon(look.icon), look.word
    )


def status(look: Look) -> SafeString:
    """Icon and word without a box, for dense rows."""
    return format_html('<span class="st {}">{} {}</span>', look.tone, icon(look.icon), look.word)


def shortened(key: str) -> str:
    """A key with its long parts cut in the middle: `agxzfm…EHDA:1763733600000`. Short keys stay as they are."""
    parts = _LONG_PART.sub(lambda part: f"{part[0][:_HEAD]}…{part[0][-_TAIL:]}", key)
    half = _LONGEST_KEY // 2
    return parts if len(parts) <= _LONGEST_KEY else f"{parts[:half]}…{parts[-half + 1 :]}"


def short(key: str) -> SafeString:
    """`shortened` in fixed width, the whole key on hover."""
    return format_html('<span class="mono key" title="{}">{}</span>', key, shortened(key))


def local(at: datetime) -> datetime:
    """The instant in the company's time zone."""
    return at.astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE))


def instant(at: datetime | None, *, seconds: bool = True) -> SafeString:
    """`21 Nov 2026, 14:02:11` in the company's time zone, UTC on hover."""
    if at is None:
        return format_html('<span class="t3">{}</span>', "not yet")
    here = local(at)
    text = f"{here.day} {here:%b %Y, %H:%M:%S}" if seconds else f"{here.day} {here:%b %Y, %H:%M}"
    return _time(at, text)


def day(at: datetime | None) -> str:
    """`21 Nov 2026`."""
    if at is None:
        return ""
    here = local(at)
    return f"{here.day} {here:%b %Y}"


def ago(at: datetime | None) -> SafeString:
    """`4 min ago`, relative only under a day; the exact time on hover."""
    if at is None:
        return format_html('<span class="t3">{}</span>', "never")
    passed = timezone.now() - at
    if passed >= timedelta(days=1):
        return instant(at, seconds=False)
    if passed < timedelta(0):
        return _time(at, f"in {_rough(-passed)}")
    return _time(at, f"{_rough(passed)} ago")


def duration(ms: float | None) -> str:
    """`188 ms`, `4.9 s`, `2 min 4 s`, `3 h 12 min`."""
    if ms is None:
        return ""
    if ms < _SECOND:
        return f"{ms:.0f} ms"
    if ms < _MINUTE:
        return f"{ms / _SECOND:.1f} s"
    if ms < _HOUR:
        return f"{int(ms // _MINUTE)} min {int(ms % _MINUTE // _SECOND)} s"
    return f"{int(ms // _HOUR)} h {int(ms % _HOUR // _MINUTE)} min"


def money_text(amount: Decimal | None, currency: str = "") -> str:
    """`6,840.00 GBP`: two places always, more only where there are more; "" without an amount."""
    if amount is None:
        return ""
    plain = amount.quantize(_CENT)
    exact = plain if plain == amount else amount.normalize()
    return f"{exact:,f} {currency}".replace("-", "\N{MINUS SIGN}").strip()


def money(amount: Decimal | None, currency: str = "") -> SafeString:
    """`money_text` with tabular figures."""
    return format_html('<span class="num">{}</span>', money_text(amount, currency))


def _time(at: datetime, text: str) -> SafeString:
    utc = at.astimezone(ZoneInfo("UTC"))
    return format_html(
        '<time class="num" datetime="{}" title="{}">{}</time>',
        utc.isoformat(),
        f"{utc.day} {utc:%b %Y, %H:%M:%S} UTC",
        text,
    )


def _rough(passed: timedelta) -> str:
    if passed < timedelta(minutes=1):
        return f"{int(passed.total_seconds())} s"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min"
    return f"{passed // timedelta(hours=1)} h"


def end_of(last_day: date) -> datetime:
    """The instant at which a day ends in the company's time zone."""
    return datetime.combine(last_day + timedelta(days=1), time.min, ZoneInfo(settings.COMPANY_TIME_ZONE))
