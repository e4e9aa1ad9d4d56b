"""What connecting a phone through a gateway needs: where the gateway is, its key, and the name of the session there."""

from sales.channels import Field

FIELDS = (
    Field("url", r"https?://[^\s/]+(/\S*)?", "no_url", hidden=False),
    Field("api_key", r"\S{4,256}"),
    Field("session", r"[A-Za-z0-9_-]{1,54}", "no_session", hidden=False, default="default"),
    Field("hmac_key", made=True),
)
"""``hmac_key`` is made here and told to the gateway, which signs with it what it delivers."""
