"""What can be tuned."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400.0


@dataclass(slots=True)
class Options:
    """Everything in one place. Defaults are Kommo's where it documents them; times are seconds of the server's clock.

    `limits` switches 429 and 403 off. `rate` is per integration, `account_rate` for the account, both per second.
    After `abuse_after` refusals within `abuse_seconds` the integration is blocked with 403 for `block_seconds` (Kommo
    says only that it happens). `strict_fields` refuses unknown fields, which Kommo ignores. `search_lag` is how long a
    new or changed entity isn't found by `query` yet. `duplicate_control` is the account's setting that lets
    `/leads/complex` join a contact with the same phone or e-mail. `webhook_timeout` is in real seconds.
    """

    subdomain: str = "example"
    account_name: str = "Example"
    limits: bool = True
    rate: int = 7
    account_rate: int = 50
    abuse_after: int = 50
    abuse_seconds: float = 60.0
    block_seconds: float = 3600.0
    strict_fields: bool = True
    search_lag: float = 0.0
    duplicate_control: bool = False
    most_per_write: int = 250
    most_per_page: int = 250
    code_seconds: float = 20 * 60
    access_seconds: float = DAY
    refresh_seconds: float = 90 * DAY
    reads_after_end: float = 30 * DAY
    webhook_timeout: float = 2.0
    webhook_retries: tuple[float, ...] = (300.0, 900.0, 3600.0)
    most_webhooks: int = 100
    chat_timeout: float = 5.0
    date_seconds: float = 15 * 60
    call_log: int = 50_000
    webhook_log: int = 20_000
