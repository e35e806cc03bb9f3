"""M3's fields as the simulator checks them: lengths, and which hold numbers or days. Values are texts on the wire."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from connectors.infor.sandbox.refusals import NokError

__all__ = ["amount", "check", "stamped"]

LENGTHS: Mapping[str, int] = {
    "CUNO": 10, "CUNM": 36, "CUA1": 36, "CUA2": 36, "CUA3": 36, "CUA4": 36, "TOWN": 20, "PONO": 10, "ECAR": 2,
    "CSCD": 3, "PHNO": 16, "MAIL": 50, "YREF": 30, "ALCU": 10, "CUTM": 10, "CUOR": 20, "ITNO": 15, "ITDS": 60,
    "FUDS": 120, "ORNO": 10, "CUPO": 7, "MODL": 3, "TEDL": 3, "TEPY": 3, "CUCD": 3, "WHLO": 3, "FACI": 3, "ORTP": 3,
    "SUNO": 10, "SUNM": 36, "EMNO": 10, "EMNM": 36, "CESA": 32, "CFC1": 10, "CFC6": 10, "PBID": 10, "QERY": 982,
}  # fmt: skip
NUMBERS = frozenset({"ORQT", "ORQA", "SAPR", "PONR", "PYAM", "CRLM", "YEA4", "IVNO", "LMTS"})
DAYS = frozenset({"ORDT", "RLDT", "DWDT", "FVDT", "ACDT", "LPDT", "FLMD", "TLMD", "CUDT"})
_DAY = re.compile(r"\d{8}")


def check(record: Mapping[str, str], mandatory: Sequence[str]) -> None:
    """Refuse what M3's API layer refuses before the program is asked."""
    for name in mandatory:
        if not record.get(name, "").strip():
            raise NokError(
                f"Mandatory input field not found: {name}", "", name, "MandatoryInputFieldNotFound"
            )
    for name, value in record.items():
        if len(value) > LENGTHS.get(name, len(value)):
            raise NokError(
                f"Input field {name} is too long: {len(value)} > {LENGTHS[name]}",
                "",
                name,
                "InputFieldTooLong",
            )
        if name in NUMBERS and value.strip():
            amount(value, name)
        if name in DAYS and value.strip("0 ") and not _DAY.fullmatch(value):
            raise NokError(f"{name} {value} is not a date in format YMD8", "WDT0101", name)  # invented id


def amount(value: str, field: str = "") -> Decimal:
    """A number of M3: decimal point, perhaps a trailing minus."""
    plain = value.strip() or "0"
    plain = f"-{plain[:-1]}" if plain.endswith("-") else plain
    try:
        found = Decimal(plain)
    except InvalidOperation as error:
        raise NokError(f"{field} {value} is not numeric", "WNU0101", field) from error  # invented id
    if not found.is_finite():
        raise NokError(f"{field} {value} is not numeric", "WNU0101", field)  # invented id
    return found


def stamped(
    record: Mapping[str, str], now: datetime, before: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The record with M3's change stamps: day, milliseconds, and the change number counted up."""
    number = int((before or {}).get("CHNO", "0")) % 999 + 1
    return {
        **record,
        "LMDT": now.strftime("%Y%m%d"),
        "LMTS": str(int(now.timestamp() * 1000)),
        "CHNO": str(number),
    }
