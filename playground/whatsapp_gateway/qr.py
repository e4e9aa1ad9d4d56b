"""What an owner scans or types to link a phone."""

from __future__ import annotations

import base64
import io
import secrets

import segno

PAIRING_LETTERS = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"


def new_code() -> str:
    """The text in a QR code: a reference and three keys, as WhatsApp has it."""
    keys = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3))
    return ",".join((f"2@{secrets.token_urlsafe(96)}", *keys))


def new_pairing_code() -> str:
    """Eight characters, written `ABCD-ABCD`."""
    letters = "".join(secrets.choice(PAIRING_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def png(text: str) -> bytes:
    """A picture that a phone could scan."""
    out = io.BytesIO()
    segno.make_qr(text, error="l").save(out, kind="png", scale=4, border=4)
    return out.getvalue()
