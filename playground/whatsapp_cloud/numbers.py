"""Phone numbers that are one line in two spellings: what was typed finds the account that WhatsApp knows.

Mexico has 52 with and without a 1, Argentina 54 with and without a 9, Brazil mobiles with and without a ninth digit.
"""

from __future__ import annotations

import re

from .ids import digits

_FORMS = (
    (re.compile(r"521(\d{10})\Z"), r"52\1"),
    (re.compile(r"549(\d{10})\Z"), r"54\1"),
    (re.compile(r"55(\d{2})9(\d{8})\Z"), r"55\1\2"),
)


def canonical(phone: str) -> str:
    """One spelling for all forms of a number."""
    number = digits(phone)
    for pattern, short in _FORMS:
        number = pattern.sub(short, number)
    return number
