"""Short ways for usual amounts give what the long way gives."""

from decimal import ROUND_HALF_UP, Context, Decimal

from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.numbers import parse_json
from integrations.engine.decimal_text import as_decimal, as_text, rounded
from integrations.engine.limits import LIMITS

DIGITS = st.text("0123456789", min_size=1, max_size=70)
TEXTS = st.one_of(
    st.builds(lambda sign, whole, rest: f"{sign}{whole}{rest}", st.sampled_from(["", "-", "+"]), DIGITS,
              st.one_of(st.just(""), st.just("."), DIGITS.map(lambda digits: f".{digits}"))),
    st.text("0123456789.-+eE_ ٣", max_size=12),
)  # fmt: skip
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=12)


def fits(text: str) -> bool:
    """Digits before and after the point together, counted on the text itself."""
    whole, _, rest = text.lstrip("+-").partition(".")
    return max(len(whole.lstrip("0")), 1) + len(rest) <= LIMITS.numeric_digits


@given(TEXTS)
def test_plain_digits_are_a_decimal_and_nothing_else_is(text: str) -> None:
    found = as_decimal(text)
    whole, _, rest = text.lstrip("+-").partition(".")
    plain = text.count("+") + text.count("-") <= 1 and (whole + rest).isascii() and (whole + rest).isdigit()
    if plain and len(text) <= LIMITS.numeric_digits:
        assert found == Decimal(text)
    elif found is not None:
        assert "e" in text.lower() or (plain and fits(text))


@given(st.one_of(st.integers(), st.booleans()))
def test_a_whole_number_is_a_decimal_and_a_truth_is_not(number: int) -> None:
    found = as_decimal(number)
    if isinstance(number, bool) or len(str(abs(number))) > LIMITS.numeric_digits:
        assert found is None
    else:
        assert found == Decimal(number)


@given(NUMBERS)
def test_a_decimal_is_written_in_plain_digits(number: Decimal) -> None:
    text = as_text(number)
    assert text == format(number, "f").removeprefix("-" if not number else "")


@given(NUMBERS, st.integers(0, 20))
def test_rounding_is_that_of_a_context_of_its_own(number: Decimal, places: int) -> None:
    quantum = Decimal(1).scaleb(-places)
    assert str(rounded(number, places)) == str(number.quantize(quantum, ROUND_HALF_UP, Context(prec=400)))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None))
def test_no_digit_of_a_number_from_outside_is_lost(number: Decimal) -> None:
    found = parse_json(f'{{"text": "e5", "n": {str(number).replace("E+", "e")}}}'.encode())["n"]
    assert Decimal(found if isinstance(found, str) else repr(found)) == number
