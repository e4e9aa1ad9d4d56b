"""Secrets at rest: AES-256-GCM with keys derived from SECRET_KEY by HKDF-SHA256 (RFC 5869).

HKDF is written out with ``hmac`` because most commands need only a digest, and ``cryptography`` costs start-up time.
"""

import base64
import binascii
import hashlib
import hmac
import os
from functools import cached_property
from typing import TYPE_CHECKING

from storage.errors import BadSecretKey, CannotDecrypt

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SHORTEST_KEY = 32
_NONCE = 12
_FORMAT = b"\x01"
"""First byte of everything encrypted, so that another method can follow one day."""


def hkdf(secret: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose, from which neither the secret nor another purpose's key can be found."""
    extracted = hmac.digest(b"dibs", secret, hashlib.sha256)
    return hmac.digest(extracted, purpose + b"\x01", hashlib.sha256)


class Vault:
    """Encrypts and digests with one SECRET_KEY. Raises BadSecretKey when it is shorter than 32 characters.

    ``context`` says where a secret belongs ("channel 5 token"): decrypting it elsewhere fails, so that nobody with
    access to the database can move one secret into another's place.
    """

    def __init__(self, secret_key: str) -> None:
        if len(secret_key) < SHORTEST_KEY:
            raise BadSecretKey
        secret = secret_key.encode()
        self._encrypting = hkdf(secret, b"encrypt")
        self._digesting = hkdf(secret, b"digest")
        self._verifying = hkdf(secret, b"verify")

    def __repr__(self) -> str:
        return "Vault(…)"

    @cached_property
    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._encrypting)

    def encrypt_bytes(self, plain: bytes, context: str = "") -> bytes:
        """29 bytes longer than what goes in."""
        nonce = os.urandom(_NONCE)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def decrypt_bytes(self, sealed: bytes, context: str = "") -> bytes:
        """Raises CannotDecrypt."""
        from cryptography.exceptions import InvalidTag

        if sealed[:1] != _FORMAT or len(sealed) <= _NONCE:
            raise CannotDecrypt
        try:
            return self._cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], context.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt from error

    def encrypt(self, plain: str, context: str = "") -> str:
        """Text in, URL-safe text out."""
        return base64.urlsafe_b64encode(self.encrypt_bytes(plain.encode(), context)).decode()

    def decrypt(self, sealed: str, context: str = "") -> str:
        """Raises CannotDecrypt."""
        try:
            raw = base64.b64decode(sealed, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise CannotDecrypt from error
        return self.decrypt_bytes(raw, context).decode()

    def digest(self, token: str) -> str:
        """What is stored instead of an invite token: the same each time, useless to whoever reads the database."""
        return hmac.digest(self._digesting, token.encode(), hashlib.sha256).hex()

    def verifier(self) -> str:
        """Stored in the database to recognise the key. Tells nothing about it."""
        return hmac.digest(self._verifying, b"dibs", hashlib.sha256).hex()

    def verifies(self, stored: str) -> bool:
        """Whether ``stored`` is this key's verifier."""
        return hmac.compare_digest(self.verifier().encode(), stored.encode())
