"""One phone is one identity, however it was written."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.phones import canonical, from_wa_id, to_e164, to_wa_id, variants

WRITTEN = {
    "+7 912 345-67-89": "+79123456789",
    "8 (912) 345-67-89": "+79123456789",
    "+8 (912) 345-67-89": "+79123456789",
    "89123456789": "+79123456789",
    "79123456789": "+79123456789",
    "8-800-555-35-35": "+78005553535",
    "tel:+1-650-555-1234": "+16505551234",
    "0049 30 123456": "+4930123456",
    "+49 (0)30 123456": "+4930123456",
    "+84 912 345 678": "+84912345678",
    "+52 1 55 1234 5678": "+525512345678",
    "5215512345678": "+525512345678",
    "+55 11 8765-4321": "+5511987654321",
    "556187654321": "+5561987654321",
    "+55 11 3456-7890": "+551134567890",
    "+54 9 11 2345-6789": "+5491123456789",
    "+54 11 15 2345 6789": "+5491123456789",
    "\u202a+1 650 555 1234\u202c": "+16505551234",
    "٠٠٤٩٣٠١٢٣٤٥٦": "+4930123456",
}
NO_NUMBERS = ["", "+", "hello", "123", "1-800-FLOWERS", "9123456789", "+1", "+999 123 456 789", "1" * 40, "+7 912", "½"]


@pytest.mark.parametrize("text", WRITTEN)
def test_what_somebody_wrote(text: str) -> None:
    assert to_e164(text) == WRITTEN[text]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_or_could_be_anybodys(text: str) -> None:
    assert to_e164(text) is None


def test_what_could_be_one_of_two_is_not_guessed() -> None:
    """A mobile of Vietnam, or one of Ryazan dialled from within Russia."""
    assert to_e164("84912345678") is None
    assert to_e164("84912345678", "RU") is None
    assert to_e164("8 (491) 234-56-78") == "+74912345678"


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("030 123456", "DE", "+4930123456"),
        ("912 345 67 89", "RU", "+79123456789"),
        ("8 912 345 67 89", "RU", "+79123456789"),
        ("8 701 234 56 78", "KZ", "+77012345678"),
        ("+7 912 345 67 89", "DE", "+79123456789"),
        ("12", "DE", None),
    ],
)
def test_a_number_within_its_country(text: str, region: str, expected: str | None) -> None:
    assert to_e164(text, region) == expected


@pytest.mark.parametrize(
    ("phone", "others"),
    [
        ("+525512345678", ("+5215512345678",)),
        ("+5215512345678", ("+5215512345678",)),
        ("+5561987654321", ("+556187654321",)),
        ("+556187654321", ("+556187654321",)),
        ("+551134567890", ()),
        ("+5491123456789", ("+541123456789",)),
        ("+541123456789", ("+5491123456789",)),
        ("+79123456789", ()),
    ],
)
def test_every_way_in_which_a_number_may_be_filed(phone: str, others: tuple[str, ...]) -> None:
    assert variants(phone) == (canonical(phone), *others)


def test_whatsapps_digits() -> None:
    assert from_wa_id("972987654321") == "+972987654321"
    assert from_wa_id("5215512345678") == "+525512345678"
    assert to_wa_id("+16505551234") == "16505551234"
    for nonsense in ("", "0123456789", "12345", "+16505551234", "١٦٥٠٥٥٥١٢٣٤", "US.123", "1" * 16):
        assert from_wa_id(nonsense) is None


regions = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS))
styles = st.sampled_from([phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL])


@given(regions, styles, st.booleans())
def test_every_countrys_numbers_come_out_as_they_are(region: str, style: int, mobile: bool) -> None:
    kind = phonenumbers.PhoneNumberType.MOBILE if mobile else phonenumbers.PhoneNumberType.FIXED_LINE
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        return
    expected = canonical(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
    if len(expected) <= 8:  # a few islands have numbers too short to be told from anything
        return
    assert to_e164(phonenumbers.format_number(example, style)) == expected


numbers = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
latin = st.sampled_from(["+521", "+52", "+55", "+5511", "+549", "+54"]).flatmap(
    lambda head: st.from_regex(r"[1-9][0-9]{7,10}", fullmatch=True).map(lambda rest: head + rest)
)


@given(st.text() | numbers | latin)
def test_anything_is_read_or_refused_and_reading_twice_changes_nothing(text: str) -> None:
    once = to_e164(text)
    if once is not None:
        assert to_e164(once) == once
        assert canonical(once) == once
        assert once.startswith("+")
        assert once[1:].isascii()
        assert once[1:].isdecimal()
        assert from_wa_id(to_wa_id(once)) in (once, None)


@given(numbers | latin)
def test_variants_are_each_others(phone: str) -> None:
    found = variants(phone)
    assert len(set(found)) == len(found)
    assert phone in found or canonical(phone) in found
    for variant in found:
        assert set(variants(variant)) == set(found)
        assert canonical(variant) == found[0] or variant in found
