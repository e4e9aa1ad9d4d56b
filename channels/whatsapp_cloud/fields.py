"""What connecting a number of the Business API needs. The ids and secrets stand in Meta's app dashboard."""

from sales.channels import Field

FIELDS = (
    Field("phone_number_id", r"\d{5,32}", "no_phone_number_id", hidden=False),
    Field("access_token", r"[A-Za-z0-9_.|-]{8,4096}", "no_access_token"),
    Field("app_secret", r"[A-Za-z0-9_-]{8,128}", "no_app_secret"),
    Field("verify_token", made=True, hidden=False),
)
"""``verify_token`` is made here and pasted at Meta: it opens nothing, it only shows that the door is ours."""
