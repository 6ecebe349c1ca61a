"""Exact numbers: credits are fractions, read from and shown as the shortest text."""

from __future__ import annotations

import re
from fractions import Fraction

# Bounded digits: Fraction("1e999999999") would fill the memory.
NUMBER = re.compile(r"[-+]?(\d{1,9}(\.\d{0,9})?|\.\d{1,9}|\d{1,9}/[1-9]\d{0,8})")


def exact(value: object) -> Fraction:
    """Turn an integer, a decimal or its text into a fraction without rounding.

    Raises
    ------
    ValueError
        If it is no number.

    Examples
    --------
    >>> exact("1.25"), exact(0.1), exact("1/3")
    (Fraction(5, 4), Fraction(1, 10), Fraction(1, 3))
    """
    if isinstance(value, Fraction):
        return value
    text = str(value).strip()
    if isinstance(value, bool) or not NUMBER.fullmatch(text):
        raise ValueError(f"not a number: {text[:40]!r}")
    return Fraction(text)


def decimal_text(value: Fraction) -> str:
    """Show a fraction as the shortest decimal, or as ``1/3`` where no decimal is exact.

    Examples
    --------
    >>> decimal_text(Fraction(1, 2)), decimal_text(Fraction(5)), decimal_text(Fraction(1, 3))
    ('0.5', '5', '1/3')
    """
    rest = value.denominator
    places = 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    if places == 0:
        return str(value.numerator)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
