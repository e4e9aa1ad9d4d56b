"""Only what the gateway signed is believed."""

from channels.whatsapp_linked.webhook import verify

BODY = b'{"event":"message","session":"default","engine":"WEBJS"}'
KEY = "my-secret-key"
SIGNATURE = (
    "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8"
    "097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89"
)
"""From WAHA's documentation."""


def signed(signature: str) -> dict[str, str]:
    return {"X-Webhook-Hmac": signature}


def test_the_documented_signature_is_right() -> None:
    assert verify(signed(SIGNATURE), BODY, KEY)
    assert verify(signed(SIGNATURE.upper()), BODY, KEY)


def test_another_body_key_or_signature_is_refused() -> None:
    assert not verify(signed(SIGNATURE), BODY + b" ", KEY)
    assert not verify(signed(SIGNATURE), BODY, "another")
    assert not verify(signed(SIGNATURE[:-1]), BODY, KEY)
    assert not verify(signed("\udcff"), BODY, KEY)


def test_without_a_signature_or_a_key_nothing_is_believed() -> None:
    assert not verify({}, BODY, KEY)
    assert not verify(signed(""), BODY, KEY)
    assert not verify(signed(SIGNATURE), BODY, "")
