"""What people type into a CRM, and whose number it is."""

import pytest

from crm.phones import is_same, search_text


@pytest.mark.parametrize(
    ("phone", "written"),
    [
        ("+79123456789", "+7 912 345-67-89"),
        ("+79123456789", "8 (912) 345-67-89"),
        ("+79123456789", "9123456789"),
        ("+79123456789", "79123456789"),
        ("+4915112345678", "0151 12345678"),
        ("+4915112345678", "0049 151 12345678"),
        ("+4915112345678", "4915112345678"),
        ("+37255512345", "5551 2345"),
        ("+525512345678", "+52 1 55 1234 5678"),
        ("+5511987654321", "+55 11 8765-4321"),
        ("+5491123456789", "+54 11 2345-6789"),
    ],
)
def test_it_is_the_same_number_however_it_is_written(phone: str, written: str) -> None:
    assert is_same(phone, written)
    digits = "".join(char for char in written if char.isdecimal())
    assert search_text(phone) in digits


@pytest.mark.parametrize(
    ("phone", "written"),
    [
        ("+79123456789", "+1 912 345 6789"),
        ("+79123456789", "+7 912 345-67-80"),
        ("+79123456789", "3456789"),
        ("+79123456789", ""),
        ("+79123456789", "call Anna"),
        ("+4915112345678", "+49 151 12345678 9"),
    ],
)
def test_a_number_that_only_looks_alike_is_another(phone: str, written: str) -> None:
    assert not is_same(phone, written)
