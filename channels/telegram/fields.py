"""What connecting a bot needs."""

from sales.channels import Field

TOKEN = Field("token", r"\d{1,20}:[A-Za-z0-9_-]{1,128}", "no_token")
