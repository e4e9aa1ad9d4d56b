"""Phone numbers as people type them into a CRM, compared with the E.164 numbers that Dibs knows clients by."""

import re

import phonenumbers

SEARCHED = 10
"""Digits to search by (PLATFORMS.md D5): what stands before them is written in many ways, or left out."""
_BRAZIL = re.compile(r"55(\d{2})9?([6-9]\d{7})")
_BRAZIL_SEARCHED = 8
"""The ninth digit before them may be missing (PLATFORMS.md B10)."""
_MEXICO = re.compile(r"521?(\d{10})")
_ARGENTINA = re.compile(r"549?(\d{10})")


def search_text(phone: str) -> str:
    """The end of an E.164 number, by which a substring search finds it however it was written."""
    found = _parsed(phone, None)
    national = str(found.national_number) if found is not None else phone.lstrip("+")
    return national[-_BRAZIL_SEARCHED if phone.startswith("+55") else -SEARCHED :]


def is_same(phone: str, written: str) -> bool:
    """Whether what somebody typed is this E.164 number. Without a country it is taken to be of the same one."""
    known = _parsed(phone, None)
    if known is None:
        return phone.lstrip("+") == re.sub(r"\D", "", written)
    region = phonenumbers.region_code_for_number(known)
    return _plain(phone) in {_plain(text) for text in _readings(written, region)}


def _readings(written: str, region: str | None) -> list[str]:
    """With its country as typed; with the country's code but no plus; and as dialled within the region."""
    digits = re.sub(r"\D", "", written)
    found = [_parsed(text, where) for text, where in ((f"+{_plain(digits)}", None), (written, region))]
    return [_e164(number) for number in found if number is not None and phonenumbers.is_possible_number(number)]


def _plain(e164: str) -> str:
    """One form for numbers that ring the same phone with and without a digit in between."""
    digits = e164.lstrip("+")
    for country, pattern in (("55", _BRAZIL), ("52", _MEXICO), ("54", _ARGENTINA)):
        match = pattern.fullmatch(digits)
        if match is not None:
            return country + "".join(match.groups())
    return digits


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
