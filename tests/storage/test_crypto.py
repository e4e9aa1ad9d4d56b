"""Secrets at rest."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import Vault, hkdf
from storage.errors import BadSecretKey, CannotDecrypt

KEY = "k" * 32
VAULT = Vault(KEY)


@given(st.text(), st.text())
def test_what_goes_in_comes_out(plain: str, context: str) -> None:
    assert VAULT.decrypt(VAULT.encrypt(plain, context), context) == plain


@given(st.binary())
def test_bytes_too(plain: bytes) -> None:
    sealed = VAULT.encrypt_bytes(plain)
    assert len(sealed) == len(plain) + 29
    assert VAULT.decrypt_bytes(sealed) == plain


def test_the_same_text_looks_different_each_time() -> None:
    assert VAULT.encrypt("token") != VAULT.encrypt("token")


@pytest.mark.parametrize("sealed", ["", "nonsense", "not base64 !", "AAAA", "AQ" * 20, "é"])
def test_what_is_not_ours_is_refused(sealed: str) -> None:
    with pytest.raises(CannotDecrypt):
        VAULT.decrypt(sealed)


@given(st.binary(min_size=1), st.data())
def test_one_changed_bit_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(VAULT.encrypt_bytes(plain))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(CannotDecrypt):
        VAULT.decrypt_bytes(bytes(sealed))


def test_another_key_or_another_place_is_refused() -> None:
    sealed = VAULT.encrypt("token", "channel 5")
    for vault, context in ((Vault("K" * 32), "channel 5"), (VAULT, "channel 6"), (VAULT, "")):
        with pytest.raises(CannotDecrypt):
            vault.decrypt(sealed, context)


@pytest.mark.parametrize("key", ["", "short", "k" * 31])
def test_a_short_key_is_refused_with_advice(key: str) -> None:
    with pytest.raises(BadSecretKey, match="32 or more"):
        Vault(key)


def test_any_long_key_will_do() -> None:
    vault = Vault("ключ, который никто не угадает ✨" * 2)
    assert vault.decrypt(vault.encrypt("x")) == "x"


def test_a_digest_is_stable_and_keyed() -> None:
    assert VAULT.digest("invite") == Vault(KEY).digest("invite")
    assert VAULT.digest("invite") != Vault("K" * 32).digest("invite")
    assert VAULT.digest("invite") != VAULT.digest("Invite")


def test_the_verifier_knows_its_key() -> None:
    assert Vault(KEY).verifies(VAULT.verifier())
    assert not Vault("K" * 32).verifies(VAULT.verifier())
    assert not VAULT.verifies("é")


def test_the_key_shows_in_no_log() -> None:
    assert KEY not in repr(VAULT)


@given(st.binary(min_size=1), st.binary())
def test_our_hkdf_is_the_standard_one(secret: bytes, purpose: bytes) -> None:
    assert hkdf(secret, purpose) == HKDF(SHA256(), 32, b"dibs", purpose).derive(secret)
