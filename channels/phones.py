"""Phone numbers in one form, E.164 with ``+``, so that one person's number is one identity whoever tells of it.

Some numbers are written in two ways that ring the same phone (PLATFORMS.md B10): Mexican mobiles with and without ``1``
after ``52``, Brazilian ones with and without the ninth digit, Argentine ones with and without ``9``. The first two
have one modern form, which is taken. An Argentine number without ``9`` may be a landline, so both forms stay apart and
are ``variants`` of each other.
"""

import re

import phonenumbers

_WRITTEN = re.compile(r"[\d\s()\-–./+\u00a0\u2010\u2011\u202a-\u202e\u2066-\u2069\ufeff]+")
"""What stands in a written phone number: no letters, which ``phonenumbers`` would read as keys."""
_SHORTEST = 7
_LONGEST = 15
"""Digits of a number with its country (ITU-T E.164)."""
_SURELY_INTERNATIONAL = 11
"""Fewer digits without ``+`` and without a region may be a number without its country."""

_MEXICO = re.compile(r"\+521(\d{10})")
_BRAZIL_SHORT = re.compile(r"\+55(\d{2})([6-9]\d{7})")
_BRAZIL = re.compile(r"\+55(\d{2})9([6-9]\d{7})")
_ARGENTINA_MOBILE = re.compile(r"\+549(\d{10})")
_ARGENTINA = re.compile(r"\+54(\d{10})")
_RUSSIAN = re.compile(r"8(\d{10})")


def to_e164(text: str, region: str | None = None) -> str | None:
    """The number that somebody wrote; ``None`` when it is none, or could be one of two.

    ``region`` (``DE``) is where a number without country belongs. Without it a Russian ``8`` is still understood.
    """
    written = text.strip().removeprefix("tel:")
    if not _WRITTEN.fullmatch(written):
        return None
    digits = "".join(str(int(char)) for char in written if char.isdecimal())
    if not digits.isascii() or len(digits) > _LONGEST + 4:
        return None
    if digits.startswith("00"):
        digits, written = digits[2:], "+"
    russian = _RUSSIAN.fullmatch(digits) if region in (None, "RU", "KZ") else None
    if russian is not None:
        return _russian(f"+7{russian[1]}", f"+{digits}", written)
    if "+" in written:
        return _checked(f"+{digits}")
    return _national(digits, region) if region is not None else _bare(digits)


def from_wa_id(wa_id: str) -> str | None:
    """WhatsApp's own digits of a number: it vouches for them, so they are not checked against numbering plans."""
    if not wa_id.isascii() or not wa_id.isdecimal() or not _SHORTEST <= len(wa_id) <= _LONGEST:
        return None
    return None if wa_id.startswith("0") else canonical(f"+{wa_id}")


def to_wa_id(phone: str) -> str:
    """The digits that WhatsApp wants for an E.164 number."""
    return phone.removeprefix("+")


def canonical(phone: str) -> str:
    """The modern form of an E.164 number."""
    mexican = _MEXICO.fullmatch(phone)
    if mexican is not None:
        return f"+52{mexican[1]}"
    brazilian = _BRAZIL_SHORT.fullmatch(phone)
    return f"+55{brazilian[1]}9{brazilian[2]}" if brazilian is not None else phone


def variants(phone: str) -> tuple[str, ...]:
    """Every way in which this E.164 number may be filed elsewhere, its canonical form first."""
    main = canonical(phone)
    brazilian = _BRAZIL.fullmatch(main)
    if brazilian is not None:
        return main, f"+55{brazilian[1]}{brazilian[2]}"
    mobile = _ARGENTINA_MOBILE.fullmatch(main)
    if mobile is not None:
        return main, f"+54{mobile[1]}"
    argentine = _ARGENTINA.fullmatch(main)
    if argentine is not None:
        return main, f"+549{argentine[1]}"
    if main.startswith("+52") and len(main) == 13:
        return main, f"+521{main[3:]}"
    return (main,)


def _russian(as_russian: str, as_abroad: str, written: str) -> str | None:
    """``8`` in front is how Russia and Kazakhstan dial their own; it begins numbers of East Asia as well.

    Where it stands alone (``8 (912) …``) it is the former, and nobody writes ``+8 (912) …`` for the latter.
    """
    alone = re.match(r"8[^\d+]", written) is not None
    if alone or not _is_valid(as_abroad):
        return as_russian if _is_valid(as_russian) or alone else _checked(as_abroad)
    return _checked(as_abroad) if "+" in written or not _is_valid(as_russian) else None


def _national(digits: str, region: str) -> str | None:
    return _possible(_parsed(digits, region))


def _bare(digits: str) -> str | None:
    """Neither ``+`` nor a region: only what can hardly be anything but international."""
    found = _checked(f"+{digits}")
    return found if found is not None and (len(digits) >= _SURELY_INTERNATIONAL or _is_valid(found)) else None


def _checked(phone: str) -> str | None:
    return _possible(_parsed(canonical(phone), None))


def _possible(number: phonenumbers.PhoneNumber | None) -> str | None:
    """By its length. Whether it is given out changes too often to be asked here."""
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    found = _formatted(number)
    return found if _SHORTEST < len(found) <= _LONGEST + 1 else None


def _is_valid(phone: str) -> bool:
    number = _parsed(canonical(phone), None)
    return number is not None and phonenumbers.is_valid_number(number)


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _formatted(number: phonenumbers.PhoneNumber) -> str:
    return canonical(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
